// Identities between the terms of a sum: the Pythagorean ones of circle and hyperbola.

import type { SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import { cosh, sinh } from "../../ops/hyperbolic.ts";
import { cos, sin } from "../../ops/trigonometric.ts";
import { addTerm, type Factor, type TermMap } from "./algebra.ts";
import { withoutCoefficient } from "./assemble.ts";
import { productOf } from "./factors.ts";
import { negated, plus, type Rational, times } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

interface SquareIdentity {
  readonly name: string;
  readonly first: Op;
  readonly second: Op;
  /** first² + sign·second² = 1 */
  readonly sign: 1 | -1;
}

const IDENTITIES: readonly SquareIdentity[] = [
  { name: "sin(x)^2 + cos(x)^2 = 1", first: sin.op, second: cos.op, sign: 1 },
  { name: "cosh(x)^2 - sinh(x)^2 = 1", first: cosh.op, second: sinh.op, sign: -1 },
];

/** Replaces c·r·sin²u + c·r·cos²u with c·r, and the like, where u is defined everywhere. */
export function applySumIdentities(rewriter: Rewriter, terms: TermMap): void {
  if (terms.size < 2) return;
  for (const [value, coefficient] of [...terms]) {
    if (value === undefined || coefficient.n === 0) continue;
    const { factors } = productOf(rewriter, value);
    for (const factor of factors) {
      if (factor.up < 2) continue;
      for (const identity of IDENTITIES) {
        if (factor.base.node.op === identity.first) {
          applyIdentity(rewriter, terms, { value, coefficient, factors, factor }, identity);
        }
      }
    }
  }
}

interface Candidate {
  readonly value: SymbolicTensor;
  readonly coefficient: Rational;
  readonly factors: readonly Factor[];
  readonly factor: Factor;
}

function applyIdentity(
  rewriter: Rewriter,
  terms: TermMap,
  { value, coefficient, factors, factor }: Candidate,
  { name, second, sign }: SquareIdentity,
): void {
  const [operand] = factor.base.node.inputs as readonly [SymbolicTensor];
  if (!rewriter.facts.of(operand).total || terms.get(value) !== coefficient) return;
  const rest = factors.flatMap((other) => {
    if (other !== factor) return [other];
    return other.up > 2 ? [{ ...other, up: other.up - 2 }] : [];
  });
  const other = rewriter.plain(second, [operand]);
  const partner = rewriter.powers(withSquare(rest, other));
  const found = partner && terms.get(partner);
  const wanted = sign === 1 ? coefficient : negated(coefficient);
  if (partner === undefined || found?.n !== wanted.n || found.d !== wanted.d) return;
  const remaining = rewriter.powers(rest);
  if (remaining === undefined) return;
  const single = withoutCoefficient(rewriter, remaining);
  const scaled = times(single.coefficient, coefficient);
  if (scaled === undefined) return;
  terms.delete(value);
  terms.delete(partner);
  if (plus(terms.get(single.value) ?? scaled, scaled)) addTerm(terms, single.value, scaled);
  rewriter.report(name, () => value, remaining);
}

function withSquare(factors: readonly Factor[], base: SymbolicTensor): readonly Factor[] {
  const known = factors.find((factor) => factor.base === base);
  if (known === undefined) return [...factors, { base, up: 2, down: 0 }];
  return factors.map((factor) => (factor === known ? { ...known, up: known.up + 2 } : factor));
}
