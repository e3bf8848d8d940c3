// The rewriter builds simplified nodes: every node that a rule asks for is simplified while it is made.

import { Graph, type SymbolicTensor } from "../../graph.ts";
import { NO_PARAMS, type Op, type Params } from "../../op.ts";
import * as arithmetic from "../../ops/arithmetic.ts";
import { broadcastToOp } from "../../ops/movement.ts";
import { type AbstractValue, type DType, isFloat, type Shape, sameShape } from "../../shape.ts";
import { ConcreteTensor, literal, type TensorLike } from "../../tensor.ts";
import type { FactorPart, Product, Term, TermPart } from "./algebra.ts";
import { Facts, wholeNumber } from "./facts.ts";
import { buildProduct } from "./products.ts";
import { exactly, MINUS_ONE, ONE, type Rational } from "./rational.ts";
import { applyRules } from "./rules.ts";
import { buildSum } from "./sums.ts";

/** Told of each rule that fires: its name, the value it fires on and what it makes of it. */
export type RuleObserver = (rule: string, before: SymbolicTensor, after: SymbolicTensor) => void;

/** Powers up to this exponent are multiplied out into factors. */
const LARGEST_EXPONENT = 1000;
const DEEPEST = 40;

export class Rewriter {
  readonly graph: Graph = new Graph();
  readonly facts: Facts = new Facts(this.graph);
  readonly observe: RuleObserver | undefined;
  /** Normal forms of the sums and products of the graph. */
  readonly products: Map<SymbolicTensor, Product> = new Map();
  readonly sums: Map<SymbolicTensor, readonly Term[]> = new Map();
  /** Sums and products by their operands, so that the order first written is kept. */
  readonly byKey: Map<string, SymbolicTensor> = new Map();
  #depth = 0;

  constructor(observe?: RuleObserver) {
    this.observe = observe;
  }

  /** The simplified application of an operation to simplified operands: of the same shape and dtype. */
  make(op: Op, inputs: readonly SymbolicTensor[], params: Params = NO_PARAMS): SymbolicTensor {
    if (!this.enter()) return this.plain(op, inputs, params);
    try {
      const target = op.infer(inputs, params)[0] as AbstractValue;
      const result = this.#simplified(op, inputs, params, target);
      return (result && this.conform(result, target)) ?? this.plain(op, inputs, params);
    } finally {
      this.leave();
    }
  }

  #simplified(
    op: Op,
    inputs: readonly SymbolicTensor[],
    params: Params,
    target: AbstractValue,
  ): SymbolicTensor | undefined {
    const terms = isFloat(target.dtype) ? termsOf(op, inputs) : undefined;
    if (terms !== undefined) return buildSum(this, terms);
    const factors = isFloat(target.dtype) ? factorsOf(op, inputs) : undefined;
    if (factors !== undefined) return buildProduct(this, factors);
    return applyRules(this, op, inputs, params);
  }

  /** Begins work inside other work; false where that is nested too deeply. */
  enter(): boolean {
    if (this.#depth > DEEPEST) return false;
    this.#depth++;
    return true;
  }

  leave(): void {
    this.#depth--;
  }

  /** The application as it stands. */
  plain(op: Op, inputs: readonly SymbolicTensor[], params: Params = NO_PARAMS): SymbolicTensor {
    return this.graph.apply(op, inputs, params)[0] as SymbolicTensor;
  }

  /** `result` in the shape and dtype of `target`; undefined where it cannot take them. */
  conform(result: SymbolicTensor, target: AbstractValue): SymbolicTensor | undefined {
    const typed = this.#typed(result, target);
    return typed && this.spread(typed, target.shape);
  }

  #typed(result: SymbolicTensor, target: AbstractValue): SymbolicTensor | undefined {
    if (result.weak) return target.weak || target.dtype === "float64" ? result : undefined;
    return result.dtype === target.dtype && !target.weak ? result : undefined;
  }

  spread(value: SymbolicTensor, shape: Shape): SymbolicTensor {
    if (sameShape(value.shape, shape)) return value;
    return this.plain(broadcastToOp, [value], { shape: [...shape] });
  }

  number(value: number): SymbolicTensor {
    return this.graph.constant(literal(value));
  }

  truth(value: boolean): SymbolicTensor {
    return this.graph.constant(new ConcreteTensor([], "bool", value ? 1 : 0));
  }

  constant(value: TensorLike): SymbolicTensor {
    return this.graph.adopt(typeof value === "number" ? literal(value) : (value as SymbolicTensor));
  }

  /** A literal as a number of the given dtype, for operands whose dtype decides the result's. */
  strong(value: SymbolicTensor, dtype: DType): SymbolicTensor {
    const constant = value.node.value;
    if (!value.weak || constant === undefined || value.rank > 0) return value;
    return this.graph.constant(new ConcreteTensor([], dtype, constant.at(0)));
  }

  /** Reports a rule, if anybody listens; `before` is only made for them. */
  report(rule: string, before: () => SymbolicTensor, after: SymbolicTensor): SymbolicTensor {
    if (this.observe !== undefined) {
      const value = before();
      if (value !== after) this.observe(rule, value, after);
    }
    return after;
  }
}

/** The operand without a broadcast: what uses it element by element broadcasts it again. */
export function unspread(value: SymbolicTensor): SymbolicTensor {
  return value.node.op === broadcastToOp ? (value.node.inputs[0] as SymbolicTensor) : value;
}

/** The operands of a sum with their signs, where the operation makes one. */
export function termsOf(
  op: Op,
  inputs: readonly SymbolicTensor[],
): readonly TermPart[] | undefined {
  const [x, y] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  if (op === arithmetic.add.op) {
    return [
      { value: x, coefficient: ONE },
      { value: y, coefficient: ONE },
    ];
  }
  if (op === arithmetic.subtract.op) {
    return [
      { value: x, coefficient: ONE },
      { value: y, coefficient: MINUS_ONE },
    ];
  }
  return op === arithmetic.negate.op ? [{ value: x, coefficient: MINUS_ONE }] : undefined;
}

/** The operands of a product with their exponents, where the operation makes one. */
export function factorsOf(
  op: Op,
  inputs: readonly SymbolicTensor[],
): readonly FactorPart[] | undefined {
  const [x, y] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  switch (op) {
    case arithmetic.multiply.op:
      return [
        { value: x, exponent: 1 },
        { value: y, exponent: 1 },
      ];
    case arithmetic.divide.op:
      return [
        { value: x, exponent: 1 },
        { value: y, exponent: -1 },
      ];
    case arithmetic.reciprocal.op:
      return [{ value: x, exponent: -1 }];
    case arithmetic.square.op:
      return [{ value: x, exponent: 2 }];
    case arithmetic.pow.op: {
      const exponent = wholeNumber(y);
      if (exponent === undefined || exponent === 0) return undefined;
      return Math.abs(exponent) <= LARGEST_EXPONENT ? [{ value: x, exponent }] : undefined;
    }
    default:
      return undefined;
  }
}

/** The exact value of a scalar number, or of a tensor all of whose elements are that number. */
export function exactValue(value: SymbolicTensor): Rational | undefined {
  const constant = value.node.value;
  if (constant === undefined || constant.size === 0 || value.node.params.name !== undefined) {
    return undefined;
  }
  const first = constant.at(0);
  for (let i = 1; i < constant.size; i++) if (constant.at(i) !== first) return undefined;
  return exactly(first);
}
