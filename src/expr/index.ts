// The graph and everything that can be computed with it.

export * from "./creation.ts";
export { type ErrorData, type ErrorKind, type SourcePosition, SymtapeError } from "./errors.ts";
export type { Point, PointValue } from "./evaluation.ts";
export {
  evaluate,
  type Formula,
  isFormula,
  type Shapes,
  toFormula,
} from "./formula.ts";
export { Graph, isSame, type Node, reachable, SymbolicTensor, symbol } from "./graph.ts";
export { fromJSON, type GraphJSON, type NodeJSON, type OutputJSON, toJSON } from "./json.ts";
export type { Notation, Op, Params, ParamValue } from "./op.ts";
export * from "./ops/activations.ts";
export * from "./ops/arithmetic.ts";
export * from "./ops/comparison.ts";
export * from "./ops/exponential.ts";
export { stopGradient } from "./ops/gradient-control.ts";
export * from "./ops/hyperbolic.ts";
export * from "./ops/linalg/index.ts";
export * from "./ops/movement/index.ts";
export * from "./ops/neural/index.ts";
export type { Binary, OpFunction, Ternary, Unary } from "./ops/pointwise.ts";
export * as random from "./ops/random/index.ts";
export * from "./ops/reductions/index.ts";
export * from "./ops/special.ts";
export * from "./ops/trigonometric.ts";
export type { AbstractValue, DType, Shape, TypedArray } from "./shape.ts";
export {
  type ConcreteTensor,
  e,
  type NestedArray,
  pi,
  scalar,
  Tensor,
  type TensorLike,
  tensor,
} from "./tensor.ts";
