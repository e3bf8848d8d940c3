// What is known of values on the reals: their possible signs, and whether they are defined everywhere.

import type { Graph, Node, SymbolicTensor } from "../../graph.ts";
import type { Op } from "../../op.ts";
import * as activations from "../../ops/activations.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import * as comparison from "../../ops/comparison.ts";
import * as exponential from "../../ops/exponential.ts";
import { stopGradientOp } from "../../ops/gradient-control.ts";
import * as hyperbolic from "../../ops/hyperbolic.ts";
import { inputOp } from "../../ops/leaves.ts";
import { matmulOp, outerOp } from "../../ops/linalg/matmul.ts";
import { placeOp, sliceOp, stackOp } from "../../ops/movement/indexing.ts";
import { broadcastToOp, castOp, reshapeOp, transposeOp } from "../../ops/movement/reshape.ts";
import { meanOp, sumOp } from "../../ops/reductions/sum.ts";
import * as special from "../../ops/special.ts";
import * as trigonometric from "../../ops/trigonometric.ts";

/** Signs that a value may have, as a set of bits. */
export const NEGATIVE = 1;
export const NULL = 2;
export const POSITIVE = 4;
const ANY = NEGATIVE | NULL | POSITIVE;
const NONNEGATIVE = NULL | POSITIVE;

export interface Fact {
  /** The signs that elements may have where the value is defined. */
  readonly signs: number;
  /** Whether the value is a real number for all real inputs. */
  readonly total: boolean;
  /** Nodes of the value written out as a tree, up to a bound. */
  readonly size: number;
}

/** Operations defined for all real operands, with the signs of their results. */
const TOTAL: ReadonlyMap<Op, number> = new Map<Op, number>([
  ...signed(ANY, [
    arithmetic.add,
    arithmetic.subtract,
    arithmetic.multiply,
    arithmetic.negate,
    arithmetic.cbrt,
    trigonometric.sin,
    trigonometric.cos,
    trigonometric.atan,
    hyperbolic.sinh,
    hyperbolic.tanh,
    hyperbolic.asinh,
    exponential.expm1,
    exponential.logaddexp,
    activations.leakyRelu,
    activations.elu,
    activations.selu,
    activations.gelu,
    activations.geluTanh,
    activations.silu,
    activations.mish,
    comparison.sign,
    comparison.floor,
    comparison.ceil,
    comparison.round,
    comparison.maximum,
    comparison.minimum,
    comparison.clip,
    comparison.where,
    special.erf,
  ]),
  ...signed(POSITIVE, [
    exponential.exp,
    hyperbolic.cosh,
    hyperbolic.sech,
    activations.sigmoid,
    activations.softplus,
    special.erfc,
  ]),
  ...signed(NEGATIVE, [activations.logSigmoid]),
  ...signed(NONNEGATIVE, [
    arithmetic.square,
    arithmetic.hypot,
    activations.relu,
    comparison.abs,
    exponential.logCosh,
    comparison.equal,
    comparison.notEqual,
    comparison.less,
    comparison.lessEqual,
    comparison.greater,
    comparison.greaterEqual,
    comparison.and,
    comparison.or,
    comparison.xor,
    comparison.not,
  ]),
  ...[inputOp, matmulOp, outerOp, sumOp, meanOp, placeOp, stackOp, castOp].map(
    (op) => [op, ANY] as const,
  ),
]);

/** Whether the operation is defined for all real operands. */
export function isTotalOp(op: Op): boolean {
  return TOTAL.has(op);
}

/** Operations that only move elements: signs and definedness are the operand's. */
const MOVING: ReadonlySet<Op> = new Set([
  reshapeOp,
  transposeOp,
  broadcastToOp,
  sliceOp,
  stopGradientOp,
]);

function signed(
  signs: number,
  functions: readonly { readonly op: Op }[],
): (readonly [Op, number])[] {
  return functions.map(({ op }) => [op, signs] as const);
}

type Rule = (operands: readonly Fact[], node: Node) => { signs: number; total: boolean };

/** Operations whose signs or domain depend on those of the operands. */
const RULES: ReadonlyMap<Op, Rule> = new Map<Op, Rule>([
  [arithmetic.add.op, ([x, y]) => both(x as Fact, y as Fact, addSigns)],
  [arithmetic.subtract.op, ([x, y]) => both(x as Fact, flip(y as Fact), addSigns)],
  [arithmetic.negate.op, ([x]) => flip(x as Fact)],
  [arithmetic.multiply.op, ([x, y]) => both(x as Fact, y as Fact, multiplySigns)],
  [
    arithmetic.divide.op,
    ([x, y]) => {
      const { signs, total } = both(x as Fact, y as Fact, multiplySigns);
      const zero = ((x as Fact).signs & NULL) === 0 ? 0 : NULL;
      return { signs: (signs & ~NULL) | zero, total: total && !mayBe(y as Fact, NULL) };
    },
  ],
  [
    arithmetic.reciprocal.op,
    ([x]) => ({ signs: (x as Fact).signs & ~NULL, total: defined(x, NULL) }),
  ],
  [arithmetic.pow.op, powerFact],
  [
    arithmetic.sqrt.op,
    ([x]) => ({
      signs: mayBe(x as Fact, NULL) ? NONNEGATIVE : POSITIVE,
      total: defined(x, NEGATIVE),
    }),
  ],
  [
    arithmetic.square.op,
    ([x]) => ({
      signs: mayBe(x as Fact, NULL) ? NONNEGATIVE : POSITIVE,
      total: (x as Fact).total,
    }),
  ],
  [
    comparison.abs.op,
    ([x]) => ({
      signs: mayBe(x as Fact, NULL) ? NONNEGATIVE : POSITIVE,
      total: (x as Fact).total,
    }),
  ],
  [exponential.log.op, ([x]) => ({ signs: ANY, total: defined(x, NEGATIVE | NULL) })],
  [
    comparison.where.op,
    ([c, x, y]) => ({
      signs: (x as Fact).signs | (y as Fact).signs,
      total: [c, x, y].every((fact) => fact?.total),
    }),
  ],
]);

function defined(fact: Fact | undefined, excluded: number): boolean {
  return fact?.total === true && !mayBe(fact, excluded);
}

export function mayBe(fact: Fact, signs: number): boolean {
  return (fact.signs & signs) !== 0;
}

function flip(fact: Fact): Fact {
  const { signs } = fact;
  const flipped = (signs & NULL) | (signs & NEGATIVE ? POSITIVE : 0) | (signs & POSITIVE ? 1 : 0);
  return { ...fact, signs: flipped };
}

function both(
  x: Fact,
  y: Fact,
  combine: (x: number, y: number) => number,
): { signs: number; total: boolean } {
  let signs = 0;
  for (const left of [NEGATIVE, NULL, POSITIVE]) {
    if ((x.signs & left) === 0) continue;
    for (const right of [NEGATIVE, NULL, POSITIVE]) {
      if ((y.signs & right) !== 0) signs |= combine(left, right);
    }
  }
  return { signs, total: x.total && y.total };
}

function addSigns(x: number, y: number): number {
  if (x === NULL || x === y) return y;
  return y === NULL ? x : ANY;
}

function multiplySigns(x: number, y: number): number {
  if (x === NULL || y === NULL) return NULL;
  return x === y ? POSITIVE : NEGATIVE;
}

function powerFact([x, y]: readonly Fact[], node: Node): { signs: number; total: boolean } {
  const base = x as Fact;
  if (base.signs === POSITIVE) return { signs: POSITIVE, total: base.total && (y as Fact).total };
  const exponent = wholeNumber(node.inputs[1] as SymbolicTensor);
  if (exponent === undefined) return { signs: ANY, total: false };
  const zero = exponent > 0 && mayBe(base, NULL) ? NULL : 0;
  const even = exponent % 2 === 0;
  const signs = (even ? POSITIVE : base.signs & ~NULL) | zero;
  return { signs, total: base.total && (exponent >= 0 || !mayBe(base, NULL)) };
}

/** The value of a scalar constant that is a whole number. */
export function wholeNumber(value: SymbolicTensor): number | undefined {
  const constant = value.node.value;
  if (constant === undefined || constant.rank > 0) return undefined;
  const number = constant.at(0);
  return Number.isSafeInteger(number) && !Object.is(number, -0) ? number : undefined;
}

const MAXIMUM_SIZE = 1e6;

/** Works out the facts of a graph's nodes as they are asked for, in the order of the nodes. */
export class Facts {
  readonly #graph: Graph;
  readonly #facts: Fact[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  of(value: SymbolicTensor): Fact {
    while (this.#facts.length <= value.node.id) {
      this.#facts.push(this.#next(this.#graph.nodes[this.#facts.length] as Node));
    }
    return this.#facts[value.node.id] as Fact;
  }

  #next(node: Node): Fact {
    const operands = node.inputs.map((input) => this.#facts[input.node.id] as Fact);
    const size = Math.min(MAXIMUM_SIZE, 1 + operands.reduce((sum, fact) => sum + fact.size, 0));
    if (node.value !== undefined) return { ...constantFact(node), size };
    const rule = RULES.get(node.op);
    if (rule !== undefined) return { ...rule(operands, node), size };
    const total = operands.every((fact) => fact.total);
    if (MOVING.has(node.op)) return { ...(operands[0] as Fact), size };
    const signs = TOTAL.get(node.op);
    return { signs: signs ?? ANY, total: signs !== undefined && total, size };
  }
}

function constantFact(node: Node): { signs: number; total: boolean } {
  const { value } = node;
  let signs = 0;
  let total = true;
  for (let i = 0; i < (value?.size ?? 0); i++) {
    const element = value?.at(i) as number;
    if (Number.isFinite(element)) signs |= element > 0 ? POSITIVE : element < 0 ? NEGATIVE : NULL;
    else total = false;
  }
  return { signs: total && signs !== 0 ? signs : ANY, total };
}
