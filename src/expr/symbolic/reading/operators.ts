// What the operators of formulas mean: `*` is the product of scalars and of matrices, `.*` goes element by element.

import { SymtapeError } from "../../errors.ts";
import { SymbolicTensor } from "../../graph.ts";
import { add, divide, multiply, negate, pow } from "../../ops/arithmetic.ts";
import { matmul } from "../../ops/linalg/matmul.ts";
import { broadcastTo, broadcastToOp } from "../../ops/movement/reshape.ts";
import { gamma } from "../../ops/special.ts";
import { formatShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { constantOf } from "./values.ts";

function unsupported(operation: string, message: string): SymtapeError {
  return new SymtapeError("unsupported", message, { operation });
}

/** x * y: scaled if one side is a scalar, else the matrix product. A scalar times `ones(2, 3)` fills that shape. */
export function product(x: Tensor, y: Tensor): Tensor {
  if (x.rank > 0 && y.rank > 0) return matmul(x, y);
  return x.rank === 0 && isOnes(y) ? broadcastTo(x, y.shape) : multiply(x, y);
}

/** What `ones` makes. */
function isOnes(value: Tensor): boolean {
  if (!(value instanceof SymbolicTensor) || value.node.op !== broadcastToOp) return false;
  const filling = value.node.inputs[0]?.node.value;
  return filling?.rank === 0 && filling.weak && filling.dtype !== "bool" && filling.at(0) === 1;
}

/**
 * A product that goes on: a scalar or a sign in front of matrices stays in front of their product, so that
 * `2 * A * v` is 2 * (A * v) and `-A * v` is -(A * v). Brackets, as in `(2 * A) * v`, are kept as they are.
 */
export function chainedProduct(x: Tensor, y: Tensor): Tensor {
  if (x.rank === 0 || y.rank === 0 || !(x instanceof SymbolicTensor)) return product(x, y);
  const { op, inputs } = x.node;
  const [first, second] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  if (op === negate.op) return negate(matmul(first, y));
  if (op !== multiply.op || first.rank > 0) return matmul(x, y);
  return multiply(first, matmul(second, y));
}

/** x / y for a scalar y. */
export function quotient(x: Tensor, y: Tensor): Tensor {
  if (y.rank === 0) return divide(x, y);
  throw unsupported(
    "/",
    `/ divides by a scalar, and the right side has shape ${formatShape(y.shape)}. ` +
      "Write ./ to divide element by element.",
  );
}

const MAXIMUM_POWER = 1_000_000;

/** x ^ y: the power of scalars, and the repeated product of a square matrix. */
export function power(x: Tensor, y: Tensor): Tensor {
  if (x.rank === 0 && y.rank === 0) return pow(x, y);
  const exponent = y.rank === 0 ? constantOf(y)?.at(0) : undefined;
  const square = x.rank === 2 && x.shape[0] === x.shape[1];
  if (!square || exponent === undefined || !Number.isInteger(exponent) || exponent < 1) {
    throw unsupported(
      "^",
      `^ takes scalars, or a square matrix and a whole number from 1 on; got shapes ` +
        `${formatShape(x.shape)} and ${formatShape(y.shape)}. Write .^ to go element by element.`,
    );
  }
  if (exponent > MAXIMUM_POWER) {
    throw new SymtapeError("limit", `a matrix power is at most ${MAXIMUM_POWER}.`, {
      limit: "matrix power",
      maximum: MAXIMUM_POWER,
    });
  }
  return matrixPower(x, exponent);
}

function matrixPower(x: Tensor, exponent: number): Tensor {
  let result: Tensor | undefined;
  let factor = x;
  for (let rest = exponent; ; factor = matmul(factor, factor)) {
    if (rest % 2 === 1) result = result === undefined ? factor : matmul(result, factor);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result as Tensor;
  }
}

/** x! is Γ(x + 1). */
export function factorial(x: Tensor): Tensor {
  return gamma(add(x, 1));
}
