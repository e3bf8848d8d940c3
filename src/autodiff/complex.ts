// Complex arithmetic for the complex step: exact to first order in a tiny imaginary part.
//
// On the real axis every function is the real one: where that is NaN (log of a negative number) so is
// this. Inverse functions follow W. Kahan, "Branch cuts for complex elementary functions" (1987), whose
// forms keep an imaginary part of 1e-100 to full precision.

import type { Arithmetic } from "../expr/arithmetic.ts";
import { SymtapeError } from "../expr/errors.ts";
import { type PointwiseName, rules } from "../expr/ops/pointwise.gen.ts";
import { pointwiseFunctions } from "../expr/ops/tensor-arithmetic.ts";
import { namedConstants } from "../expr/tensor.ts";

export interface Complex {
  readonly re: number;
  readonly im: number;
}

const complex = (re: number, im: number): Complex => ({ re, im });
const real = (re: number): Complex => ({ re, im: 0 });
const I = complex(0, 1);
const NOT_A_NUMBER = complex(Number.NaN, Number.NaN);

const add = (x: Complex, y: Complex): Complex => complex(x.re + y.re, x.im + y.im);
const subtract = (x: Complex, y: Complex): Complex => complex(x.re - y.re, x.im - y.im);
const negate = (x: Complex): Complex => complex(-x.re, -x.im);
const conjugate = (x: Complex): Complex => complex(x.re, -x.im);

function multiply(x: Complex, y: Complex): Complex {
  if (x.im === 0) return complex(x.re * y.re, y.im === 0 ? 0 : x.re * y.im);
  if (y.im === 0) return complex(x.re * y.re, x.im * y.re);
  return complex(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);
}

/** R. L. Smith, "Algorithm 116: Complex division" (1962). */
function divide(x: Complex, y: Complex): Complex {
  if (y.im === 0) return complex(x.re / y.re, x.im === 0 ? 0 : x.im / y.re);
  if (Math.abs(y.re) >= Math.abs(y.im)) {
    const ratio = y.im / y.re;
    const scale = y.re + y.im * ratio;
    return complex((x.re + x.im * ratio) / scale, (x.im - x.re * ratio) / scale);
  }
  const ratio = y.re / y.im;
  const scale = y.re * ratio + y.im;
  return complex((x.re * ratio + x.im) / scale, (x.im * ratio - x.re) / scale);
}

function exp(x: Complex): Complex {
  const size = Math.exp(x.re);
  return complex(size * Math.cos(x.im), x.im === 0 ? 0 : size * Math.sin(x.im));
}

function log(x: Complex): Complex {
  if (x.re < 0) return NOT_A_NUMBER;
  return complex(Math.log(Math.hypot(x.re, x.im)), Math.atan2(x.im, x.re));
}

/** The principal root; the real one's domain is the caller's business. */
function root(x: Complex): Complex {
  if (x.re === 0 && x.im === 0) return complex(0, x.im);
  const half = Math.sqrt((Math.hypot(x.re, x.im) + Math.abs(x.re)) / 2);
  if (x.re >= 0) return complex(half, x.im / (2 * half));
  return complex(Math.abs(x.im) / (2 * half), x.im < 0 ? -half : half);
}

function sqrt(x: Complex): Complex {
  return x.re < 0 ? NOT_A_NUMBER : root(x);
}

function wholePower(x: Complex, n: number): Complex {
  let result = real(1);
  let factor = x;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, factor);
    if (rest > 1) factor = multiply(factor, factor);
  }
  return n < 0 ? divide(real(1), result) : result;
}

function pow(x: Complex, y: Complex): Complex {
  if (x.im === 0 && y.im === 0) return real(x.re ** y.re);
  if (y.im === 0 && Number.isInteger(y.re) && Math.abs(y.re) <= 2 ** 20) return wholePower(x, y.re);
  if (x.re === 0 && x.im === 0) return y.re > 0 ? real(0) : NOT_A_NUMBER;
  return exp(multiply(y, log(x)));
}

const sin = (x: Complex): Complex =>
  complex(Math.sin(x.re) * Math.cosh(x.im), Math.cos(x.re) * Math.sinh(x.im));
const cos = (x: Complex): Complex =>
  complex(Math.cos(x.re) * Math.cosh(x.im), -Math.sin(x.re) * Math.sinh(x.im));
const sinh = (x: Complex): Complex =>
  complex(Math.sinh(x.re) * Math.cos(x.im), Math.cosh(x.re) * Math.sin(x.im));
const cosh = (x: Complex): Complex =>
  complex(Math.cosh(x.re) * Math.cos(x.im), Math.sinh(x.re) * Math.sin(x.im));

function tanh(x: Complex): Complex {
  if (x.re < 0) return negate(tanh(negate(x)));
  if (x.re < 1) return divide(sinh(x), cosh(x));
  const decay = exp(multiply(real(-2), x));
  return divide(subtract(real(1), decay), add(real(1), decay));
}

function asin(x: Complex): Complex {
  if (Math.abs(x.re) > 1 && Math.abs(x.im) < 1e-8) return NOT_A_NUMBER;
  return arcsine(x);
}

function arcsine(x: Complex): Complex {
  const below = root(subtract(real(1), x));
  const above = root(add(real(1), x));
  return complex(
    Math.atan2(x.re, multiply(below, above).re),
    Math.asinh(multiply(conjugate(below), above).im),
  );
}

function acos(x: Complex): Complex {
  if (Math.abs(x.re) > 1) return NOT_A_NUMBER;
  const below = root(subtract(real(1), x));
  const above = root(add(real(1), x));
  return complex(
    2 * Math.atan2(below.re, above.re),
    Math.asinh(multiply(conjugate(above), below).im),
  );
}

function acosh(x: Complex): Complex {
  if (x.re < 1) return NOT_A_NUMBER;
  const below = root(subtract(x, real(1)));
  const above = root(add(x, real(1)));
  return complex(
    Math.asinh(multiply(conjugate(below), above).re),
    2 * Math.atan2(below.im, above.re),
  );
}

function asinh(x: Complex): Complex {
  const turned = arcsine(multiply(I, x));
  return complex(turned.im, -turned.re);
}

function artanh(x: Complex): Complex {
  const distance = (1 - x.re) * (1 - x.re) + x.im * x.im;
  return complex(
    Math.log1p((4 * x.re) / distance) / 4,
    Math.atan2(2 * x.im, (1 - x.re) * (1 + x.re) - x.im * x.im) / 2,
  );
}

function atanh(x: Complex): Complex {
  return Math.abs(x.re) > 1 ? NOT_A_NUMBER : artanh(x);
}

function atan(x: Complex): Complex {
  const turned = artanh(multiply(I, x));
  return complex(turned.im, -turned.re);
}

function atan2(y: Complex, x: Complex): Complex {
  const angle = Math.atan2(y.re, x.re);
  if (y.re === 0 && x.re === 0) return NOT_A_NUMBER;
  const steep = Math.abs(y.re) > Math.abs(x.re);
  const slope = steep ? atan(divide(x, y)) : atan(divide(y, x));
  return complex(angle, steep ? -slope.im : slope.im);
}

function cbrt(x: Complex): Complex {
  if (x.re < 0) return negate(cbrt(negate(x)));
  return exp(divide(log(x), real(3)));
}

/** Logarithm of 1 + x: the real part without cancellation. */
function log1p(x: Complex): Complex {
  if (x.re < -1) return NOT_A_NUMBER;
  return complex(Math.log1p(x.re), Math.atan2(x.im, 1 + x.re));
}

function expm1(x: Complex): Complex {
  return complex(Math.expm1(x.re), Math.exp(x.re) * Math.sin(x.im));
}

/** The error function by its series for small and a continued fraction for large arguments (DLMF 7.6, 7.9). */
function erf(x: Complex): Complex {
  if (x.re < 0) return negate(erf(negate(x)));
  if (x.re > 2.5) return subtract(real(1), erfcTail(x));
  const square = multiply(x, x);
  let term = x;
  let total = x;
  for (let n = 1; n < 200 && Math.abs(term.re) + Math.abs(term.im) > 0; n++) {
    term = divide(multiply(term, multiply(real(2), square)), real(2 * n + 1));
    total = add(total, term);
  }
  return multiply(real(2 / Math.sqrt(Math.PI)), multiply(exp(negate(square)), total));
}

function erfcTail(x: Complex): Complex {
  let fraction = x;
  for (let n = 80; n >= 1; n--) fraction = add(x, divide(real(n / 2), fraction));
  const scale = multiply(real(1 / Math.sqrt(Math.PI)), exp(negate(multiply(x, x))));
  return divide(scale, fraction);
}

function erfc(x: Complex): Complex {
  return x.re > 2.5 ? erfcTail(x) : subtract(real(1), erf(x));
}

const primitives: Readonly<Partial<Record<PointwiseName, (...operands: Complex[]) => Complex>>> = {
  add: add as Operation,
  subtract: subtract as Operation,
  negate: negate as Operation,
  multiply: multiply as Operation,
  divide: divide as Operation,
  pow: pow as Operation,
  exp: exp as Operation,
  expm1: expm1 as Operation,
  log: log as Operation,
  log1p: log1p as Operation,
  sqrt: sqrt as Operation,
  cbrt: cbrt as Operation,
  sin: sin as Operation,
  cos: cos as Operation,
  tan: ((x: Complex) => divide(sin(x), cos(x))) as Operation,
  asin: asin as Operation,
  acos: acos as Operation,
  atan: atan as Operation,
  atan2: atan2 as Operation,
  sinh: sinh as Operation,
  cosh: cosh as Operation,
  tanh: tanh as Operation,
  asinh: asinh as Operation,
  acosh: acosh as Operation,
  atanh: atanh as Operation,
  erf: erf as Operation,
  erfc: erfc as Operation,
  where: ((condition: Complex, x: Complex, y: Complex) =>
    condition.re !== 0 ? x : y) as Operation,
};

type Operation = (...operands: Complex[]) => Complex;

/** Operations that look at real parts only: comparisons, logic and steps. */
function onRealParts(kernel: (...operands: number[]) => number): Operation {
  return (...operands) => real(kernel(...operands.map(({ re }) => re)));
}

/** On the real axis the real function: a complex form may be NaN there, as of ∞ + 0i. */
function realOnAxis(kernel: (...operands: number[]) => number, general: Operation): Operation {
  const onAxis = onRealParts(kernel);
  return (...operands) =>
    operands.every(({ im }) => im === 0) ? onAxis(...operands) : general(...operands);
}

function noComplexForm(name: string): Operation {
  return () => {
    throw new SymtapeError("unsupported", `complex step: ${name} has no complex form here.`, {
      operation: name,
    });
  };
}

let arithmetic: Arithmetic<Complex> | undefined;

/** Arithmetic on complex numbers: primitives as above, every other operation by its stable formula. */
export function complexArithmetic(): Arithmetic<Complex> {
  arithmetic ??= makeArithmetic();
  return arithmetic;
}

function makeArithmetic(): Arithmetic<Complex> {
  const choose = (condition: Complex, yes: () => Complex, no: () => Complex): Complex =>
    condition.re !== 0 ? yes() : no();
  const table: Record<string, unknown> = {
    literal: real,
    constant: (name: keyof typeof namedConstants) => real(namedConstants[name].at(0)),
    nothing: real(0),
    choose,
    guard: (
      _: readonly Complex[],
      condition: () => Complex,
      yes: () => Complex,
      no: () => Complex,
    ) => choose(condition(), yes, no),
    fixed: () => real(1),
    numberOf: (x: Complex) => x.re,
  };
  for (const { op } of pointwiseFunctions().values()) {
    const composite = rules[op.name as PointwiseName].composite;
    const flat = op.nondifferentiable || isStep(op.name as PointwiseName);
    const general: Operation =
      composite === undefined
        ? noComplexForm(op.name)
        : (...operands) => composite(complexArithmetic(), ...operands);
    table[op.name] = flat
      ? onRealParts(op.kernel)
      : realOnAxis(op.kernel, primitives[op.name as PointwiseName] ?? general);
  }
  return table as unknown as Arithmetic<Complex>;
}

/** Whether every derivative of the operation is zero, as of floor and sign. */
function isStep(name: PointwiseName): boolean {
  return rules[name].chain.every((rule) => rule === undefined);
}
