// Algebraic rules that leave every bit as it is; others only where the caller does not mind rounding.

import { apply } from "../expr/apply.ts";
import type { SymbolicTensor } from "../expr/graph.ts";
import type { Op, Params } from "../expr/op.ts";
import { sigmoid, softplus } from "../expr/ops/activations.ts";
import { add, divide, multiply, negate, pow, square, subtract } from "../expr/ops/arithmetic.ts";
import { exp, log } from "../expr/ops/exponential.ts";
import { reshapeOp } from "../expr/ops/movement/ops.ts";
import { sameShape } from "../expr/shape.ts";
import { literal, type Tensor } from "../expr/tensor.ts";

/** A simpler value for the operation, if there is one. */
export function simplified(
  op: Op,
  inputs: readonly SymbolicTensor[],
  params: Params,
  fastMath: boolean,
): Tensor | undefined {
  const [x, y] = inputs;
  if (x === undefined) return undefined;
  if (op === reshapeOp && x.node.op === reshapeOp) {
    return apply(reshapeOp, x.node.inputs, params);
  }
  const exact = exactRule(op, x, y);
  const found = exact ?? (fastMath ? fastRule(op, x, y) : undefined);
  const [output] = op.infer(inputs, params);
  const isSame =
    found?.dtype === output?.dtype && sameShape(found?.shape ?? [], output?.shape ?? []);
  return found !== undefined && isSame ? found : undefined;
}

/** Rules that hold for NaN, infinities and zeros of both signs. A square is rounded right, which a power may not be. */
function exactRule(op: Op, x: SymbolicTensor, y: SymbolicTensor | undefined): Tensor | undefined {
  if (op === negate.op) return x.node.op === negate.op ? x.node.inputs[0] : undefined;
  if (y === undefined) return undefined;
  if (op === multiply.op) return isNumber(y, 1) ? x : isNumber(x, 1) ? y : undefined;
  if (op === subtract.op) return isNumber(y, 0) ? x : undefined;
  if (op === add.op) return isNumber(y, -0) ? x : isNumber(x, -0) ? y : undefined;
  if (op === pow.op) return isNumber(y, 1) ? x : isNumber(y, 2) ? square(x) : undefined;
  if (op !== divide.op) return undefined;
  if (isNumber(y, 1)) return x;
  const divisor = numberOf(y);
  return divisor !== undefined && isPowerOfTwo(divisor)
    ? multiply(x, literal(1 / divisor))
    : undefined;
}

/** Rules of the reals. Known functions in disguise are computed in their stable forms. */
function fastRule(op: Op, x: SymbolicTensor, y: SymbolicTensor | undefined): Tensor | undefined {
  if (op === log.op) {
    const power = exponentBesideOne(x);
    return power === undefined ? undefined : softplus(power);
  }
  if (y === undefined) return undefined;
  if (op === add.op) return isNumber(y, 0) ? x : isNumber(x, 0) ? y : undefined;
  if (op === subtract.op) return isNumber(x, 0) ? negate(y) : undefined;
  if (op === multiply.op) return risenSigmoid(x, y) ?? risenSigmoid(y, x);
  if (op !== divide.op) return undefined;
  const power = isNumber(x, 1) ? exponentBesideOne(y) : undefined;
  if (power !== undefined) return sigmoid(negate(power));
  const divisor = numberOf(y);
  return divisor === undefined || divisor === 0 ? undefined : multiply(x, literal(1 / divisor));
}

/** u where the value is 1 + e^u. */
function exponentBesideOne({ node: { op, inputs } }: SymbolicTensor): SymbolicTensor | undefined {
  const [x, y] = inputs;
  if (op !== add.op || x === undefined || y === undefined) return undefined;
  const other = isNumber(x, 1) ? y : isNumber(y, 1) ? x : undefined;
  return other?.node.op === exp.op ? other.node.inputs[0] : undefined;
}

/** sigmoid(u) where the factors are sigmoid(-u) and e^u. */
function risenSigmoid(x: SymbolicTensor, y: SymbolicTensor): Tensor | undefined {
  if (x.node.op !== sigmoid.op || y.node.op !== exp.op) return undefined;
  const [power] = y.node.inputs as readonly [SymbolicTensor];
  const [opposite] = x.node.inputs as readonly [SymbolicTensor];
  return opposite === negate(power) || negate(opposite) === power ? sigmoid(power) : undefined;
}

/** The number that a scalar constant holds. */
function numberOf(x: SymbolicTensor): number | undefined {
  const { value } = x.node;
  return value !== undefined && value.size === 1 ? value.at(0) : undefined;
}

function isNumber(x: SymbolicTensor, number: number): boolean {
  return Object.is(numberOf(x), number);
}

/** Powers of two have exact reciprocals within this range. */
function isPowerOfTwo(x: number): boolean {
  const size = Math.abs(x);
  return (
    size >= 2 ** -100 &&
    size <= 2 ** 100 &&
    Number.isInteger(Math.log2(size)) &&
    2 ** Math.log2(size) === size
  );
}
