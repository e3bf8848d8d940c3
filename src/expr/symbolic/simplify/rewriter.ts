// The rewriter builds simplified nodes: every node that a rule asks for is simplified while it is made.

import { Graph, type SymbolicTensor } from "../../graph.ts";
import { NO_PARAMS, type Op, type Params } from "../../op.ts";
import { broadcastToOp } from "../../ops/movement/reshape.ts";
import { type AbstractValue, type DType, isFloat, type Shape, sameShape } from "../../shape.ts";
import { ConcreteTensor, literal, type TensorLike } from "../../tensor.ts";
import type { Factor, FactorPart, Product, Term, TermPart } from "./algebra.ts";
import { partsOf } from "./algebra.ts";
import { Facts } from "./facts.ts";
import { factorsOf, termsOf } from "./forms.ts";

/** Told of each rule that fires: its name, the value it fires on and what it makes of it. */
export type RuleObserver = (rule: string, before: SymbolicTensor, after: SymbolicTensor) => void;

const DEEPEST = 40;

/** What makes sums, products and everything else: handed in, since they call each other through the rewriter. */
export interface Builders {
  /** Undefined where a number leaves the exact range. */
  sum(rewriter: Rewriter, parts: readonly TermPart[]): SymbolicTensor | undefined;
  product(rewriter: Rewriter, parts: readonly FactorPart[]): SymbolicTensor | undefined;
  /** Undefined where no rule fits. */
  rules(
    rewriter: Rewriter,
    op: Op,
    inputs: readonly SymbolicTensor[],
    params: Params,
  ): SymbolicTensor | undefined;
}

export class Rewriter {
  readonly graph: Graph = new Graph();
  readonly facts: Facts = new Facts(this.graph);
  readonly observe: RuleObserver | undefined;
  /** Normal forms of the sums and products of the graph. */
  readonly products: Map<SymbolicTensor, Product> = new Map();
  readonly sums: Map<SymbolicTensor, readonly Term[]> = new Map();
  /** Sums and products by their operands, so that the order first written is kept. */
  readonly byKey: Map<string, SymbolicTensor> = new Map();
  readonly #builders: Builders;
  #depth = 0;

  constructor(builders: Builders, observe?: RuleObserver) {
    this.#builders = builders;
    this.observe = observe;
  }

  /** The simplified sum of multiples; undefined where its numbers leave the exact range. */
  sum(parts: readonly TermPart[]): SymbolicTensor | undefined {
    return this.#builders.sum(this, parts);
  }

  /** The simplified product of powers; undefined where its numbers leave the exact range. */
  product(parts: readonly FactorPart[]): SymbolicTensor | undefined {
    return this.#builders.product(this, parts);
  }

  /** The simplified product of factors in normal form. */
  powers(factors: readonly Factor[]): SymbolicTensor | undefined {
    return factors.length === 0 ? this.number(1) : this.product(factors.flatMap(partsOf));
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
    if (terms !== undefined) return this.sum(terms);
    const factors = isFloat(target.dtype) ? factorsOf(op, inputs) : undefined;
    if (factors !== undefined) return this.product(factors);
    return this.#builders.rules(this, op, inputs, params);
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
