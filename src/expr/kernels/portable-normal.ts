// The inverse of the normal distribution function with the same bits on every platform.
//
// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
// (1988), routine PPND16: quotients of polynomials of degree 7 on three intervals, right to about one part in
// 10^15. The tables are those of the paper, lowest power first.

import { polynomial } from "./polynomial.ts";
import { portableLog } from "./portable.ts";

type Quotient = readonly [numerator: readonly number[], denominator: readonly number[]];

/** In 0.425^2 - (p - 1/2)^2, for p within 0.425 of a half. */
const CENTRE: Quotient = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852854,
  ],
];

/** In sqrt(-log(p)) - 1.6, for p down to e^-25. */
const FLANK: Quotient = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
];

/** In sqrt(-log(p)) - 5, beyond. */
const TAIL: Quotient = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

/** The z below which a standard normal number falls with probability p, for 0 < p < 1. */
export function normalQuantile(p: number): number {
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    return centred * quotientAt(CENTRE, 0.180625 - centred * centred);
  }
  const root = Math.sqrt(-portableLog(centred < 0 ? p : 1 - p));
  const size = root <= 5 ? quotientAt(FLANK, root - 1.6) : quotientAt(TAIL, root - 5);
  return centred < 0 ? -size : size;
}

function quotientAt([numerator, denominator]: Quotient, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}
