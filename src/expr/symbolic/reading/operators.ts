// What the operators of formulas mean: `*` is the product of scalars and of matrices, `.*` goes element by element.

import { SymtapeError } from "../../errors.ts";
import { add, divide, multiply, pow } from "../../ops/arithmetic.ts";
import { matmul } from "../../ops/linalg/matmul.ts";
import { gamma } from "../../ops/special.ts";
import { formatShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { constantOf } from "./values.ts";

function unsupported(operation: string, message: string): SymtapeError {
  return new SymtapeError("unsupported", message, { operation });
}

/** x * y: scaled if one side is a scalar, else the matrix product. */
export function product(x: Tensor, y: Tensor): Tensor {
  return x.rank === 0 || y.rank === 0 ? multiply(x, y) : matmul(x, y);
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
