// Identities between the factors of a product, such as sin(x) / cos(x) = tan(x), as a table of rules.

import type { SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import { sigmoid } from "../../ops/activations.ts";
import { add, hypot, negate, pow, sqrt, square, subtract } from "../../ops/arithmetic.ts";
import { abs } from "../../ops/comparison.ts";
import { exp } from "../../ops/exponential.ts";
import { cosh, sech, sinh, tanh } from "../../ops/hyperbolic.ts";
import { cos, cot, sin, tan } from "../../ops/trigonometric.ts";
import type { Factor, FactorMap, Term, TermPart } from "./algebra.ts";
import { multiple } from "./assemble.ts";
import { productOf } from "./factors.ts";
import { mayBe, NEGATIVE, POSITIVE } from "./facts.ts";
import { MINUS_ONE, negated, ONE } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/** Replaces the powers of some factors with a product of others, where the two are equal on the reals. */
export interface Contraction {
  readonly name: string;
  /** What a factor gives way to: powers to take away and powers to multiply in. */
  apply(rewriter: Rewriter, factor: Factor, factors: FactorMap): Exchange | undefined;
}

export type Powers = readonly (readonly [base: SymbolicTensor, exponent: number])[];

export interface Exchange {
  readonly taken: Powers;
  readonly given: Powers;
}

function isCall(value: SymbolicTensor, f: { readonly op: Op }): boolean {
  return value.node.op === f.op;
}

function operand(value: SymbolicTensor): SymbolicTensor {
  return value.node.inputs[0] as SymbolicTensor;
}

/** top(u)^k / bottom(u)^k = quotient(u)^k */
function quotient(
  name: string,
  top: { readonly op: Op },
  bottom: { readonly op: Op },
  result: { readonly op: Op },
): Contraction {
  return {
    name,
    apply: (rewriter, { base, up }, factors) => {
      if (up === 0 || !isCall(base, top)) return undefined;
      const below = rewriter.plain(bottom.op, [operand(base)]);
      const count = Math.min(up, factors.get(below)?.down ?? 0);
      if (count === 0) return undefined;
      const replacement = rewriter.plain(result.op, [operand(base)]);
      return {
        taken: [
          [base, count],
          [below, -count],
        ],
        given: [[replacement, count]],
      };
    },
  };
}

/** f(u)^2k = square(u)^k, above or below the fraction line. */
function evenPower(
  name: string,
  f: { readonly op: Op },
  squared: (rewriter: Rewriter, value: SymbolicTensor) => SymbolicTensor | undefined,
): Contraction {
  return {
    name,
    apply: (rewriter, { base, up, down }) => {
      if (!isCall(base, f) || Math.max(up, down) < 2) return undefined;
      const result = squared(rewriter, base);
      if (result === undefined) return undefined;
      const above = Math.floor(up / 2);
      const below = Math.floor(down / 2);
      return {
        taken: [
          [base, 2 * above],
          [base, -2 * below],
        ],
        given: [
          [result, above],
          [result, -below],
        ],
      };
    },
  };
}

const logistic: Contraction = {
  name: "1 / (1 + exp(x)) = sigmoid(-x)",
  apply: (rewriter, { base, down }) => {
    const terms = rewriter.sums.get(base);
    if (down === 0 || terms?.length !== 2) return undefined;
    const [number, power] = [...terms].sort((a, b) => Number(!!a.value) - Number(!!b.value));
    const plain = [number, power].every((term) => term?.coefficient.n === term?.coefficient.d);
    const value = power?.value;
    if (!plain || number?.value !== undefined || value === undefined) return undefined;
    if (!isCall(value, exp)) return undefined;
    const minus = rewriter.make(negate.op, [operand(value)]);
    return { taken: [[base, -down]], given: [[rewriter.make(sigmoid.op, [minus]), down]] };
  },
};

const logisticTimesExp: Contraction = {
  name: "exp(x) * sigmoid(-x) = sigmoid(x)",
  apply: (rewriter, { base, up }, factors) => {
    if (up === 0 || !isCall(base, exp)) return undefined;
    const minus = rewriter.make(negate.op, [operand(base)]);
    const other = rewriter.make(sigmoid.op, [minus]);
    const count = Math.min(up, factors.get(other)?.up ?? 0);
    if (count === 0) return undefined;
    const result = rewriter.make(sigmoid.op, [operand(base)]);
    return {
      taken: [
        [base, count],
        [other, count],
      ],
      given: [[result, count]],
    };
  },
};

const exponentials: Contraction = {
  name: "exp(x) * exp(y) = exp(x + y)",
  apply: (rewriter, factor, factors) => {
    if (!isCall(factor.base, exp)) return undefined;
    const all = [...factors.values()].filter(({ base }) => isCall(base, exp));
    const [only] = all;
    const single = all.length === 1 && only !== undefined;
    if (single && (only.up + only.down < 2 || (only.up > 0 && only.down > 0))) return undefined;
    const parts = all.map(({ base, up, down }) => ({
      value: operand(base),
      coefficient: { n: single ? up + down : up - down, d: 1 },
    }));
    const sum = rewriter.sum(parts);
    if (sum === undefined) return undefined;
    return {
      taken: all.flatMap(
        ({ base, up, down }): Powers => [
          [base, up],
          [base, -down],
        ],
      ),
      given: [[rewriter.make(exp.op, [sum]), single && only.up === 0 ? -1 : 1]],
    };
  },
};

/**
 * x^k · x^u = x^(k+u) for a symbol u. At x = 0 the left side is undefined where u < 0 while the right may be
 * defined: the removable case of n·x·x^(n−1), which every textbook writes as n·x^n.
 */
const symbolicPowers: Contraction = {
  name: "x^k * x^u = x^(k + u)",
  apply: (rewriter, { base, up, down }, factors) => {
    if (!isCall(base, pow) || up !== 1 || down !== 0) return undefined;
    const [root, exponent] = base.node.inputs as readonly [SymbolicTensor, SymbolicTensor];
    const other = factors.get(root);
    if (other === undefined || exponent.node.value !== undefined) return undefined;
    if (productOf(rewriter, exponent).factors.length === 0) return undefined;
    const shift = rewriter.number(other.up - other.down);
    const sum = rewriter.make(add.op, [exponent, shift]);
    return {
      taken: [
        [base, 1],
        [root, other.up],
        [root, -other.down],
      ],
      given: [[rewriter.make(pow.op, [root, sum]), 1]],
    };
  },
};

/** x^u · x^v = x^(u+v) where x is positive. */
const positivePowers: Contraction = {
  name: "x^u * x^v = x^(u + v)",
  apply: (rewriter, { base, up, down }, factors) => {
    if (!isCall(base, pow) || up !== 1 || down !== 0) return undefined;
    const [root, exponent] = base.node.inputs as readonly [SymbolicTensor, SymbolicTensor];
    if (rewriter.facts.of(root).signs !== POSITIVE) return undefined;
    for (const other of factors.values()) {
      if (other.base === base || !isCall(other.base, pow) || other.up !== 1) continue;
      if (other.down !== 0 || operand(other.base) !== root) continue;
      const sum = rewriter.make(add.op, [exponent, other.base.node.inputs[1] as SymbolicTensor]);
      return {
        taken: [
          [base, 1],
          [other.base, 1],
        ],
        given: [[rewriter.make(pow.op, [root, sum]), 1]],
      };
    }
    return undefined;
  },
};

const differenceOfSquares: Contraction = {
  name: "(1 - x) * (1 + x) = 1 - x^2",
  apply: (rewriter, { base, up, down }, factors) => {
    const terms = rewriter.sums.get(base);
    if (terms?.length !== 2 || up + down !== 1) return undefined;
    const number = terms.find(({ value }) => value === undefined);
    const other = terms.find(({ value }) => value !== undefined);
    if (number === undefined || other === undefined) return undefined;
    // A term 0·u, kept for its domain, is its own negative, and the sum its own conjugate.
    if (number.coefficient.n === 0 || other.coefficient.n === 0) return undefined;
    for (const [kept, turned] of [
      [number, other],
      [other, number],
    ] as const) {
      const partner = rewriter.sum([part(rewriter, kept, 1), part(rewriter, turned, -1)]);
      const found = partner && factors.get(partner);
      if (partner === undefined || partner === base) continue;
      if (found?.up !== up || found.down !== down) continue;
      const result = rewriter.sum([
        { value: squareOf(rewriter, kept), coefficient: ONE },
        { value: squareOf(rewriter, turned), coefficient: MINUS_ONE },
      ]);
      const sign = up - down;
      return (
        result && {
          taken: [
            [base, sign],
            [partner, sign],
          ],
          given: [[result, sign]],
        }
      );
    }
    return undefined;
  },
};

function part(rewriter: Rewriter, { coefficient, value }: Term, sign: 1 | -1): TermPart {
  const signed = sign === 1 ? coefficient : negated(coefficient);
  return { value: value ?? rewriter.number(1), coefficient: signed };
}

function squareOf(rewriter: Rewriter, { coefficient, value }: Term): SymbolicTensor {
  return rewriter.make(square.op, [multiple(rewriter, coefficient, value)]);
}

/** All rules, those of the logistic function first. */
export const CONTRACTIONS: readonly Contraction[] = [
  logistic,
  logisticTimesExp,
  exponentials,
  quotient("sin(x) / cos(x) = tan(x)", sin, cos, tan),
  quotient("cos(x) / sin(x) = cot(x)", cos, sin, cot),
  quotient("sinh(x) / cosh(x) = tanh(x)", sinh, cosh, tanh),
  evenPower("sech(x)^2 = 1 - tanh(x)^2", sech, (rewriter, value) => {
    const slope = rewriter.make(tanh.op, [operand(value)]);
    return rewriter.make(subtract.op, [rewriter.number(1), rewriter.make(square.op, [slope])]);
  }),
  evenPower("abs(x)^2 = x^2", abs, (rewriter, value) => rewriter.make(square.op, [operand(value)])),
  evenPower("hypot(x, y)^2 = x^2 + y^2", hypot, (rewriter, { node }) =>
    rewriter.make(
      add.op,
      node.inputs.map((input) => rewriter.make(square.op, [input])),
    ),
  ),
  evenPower("sqrt(x)^2 = x for x >= 0", sqrt, (rewriter, value) =>
    mayBe(rewriter.facts.of(operand(value)), NEGATIVE) ? undefined : operand(value),
  ),
  symbolicPowers,
  positivePowers,
  differenceOfSquares,
];
