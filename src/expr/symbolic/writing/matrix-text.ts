// How matrix algebra is written: 2 * A' * (A * x - b), and 0.5 * ones(2, 3) for a number that fills a shape.

import type { SymbolicTensor } from "../../graph.ts";
import { PRECEDENCE } from "../../op.ts";
import { multiply, negate } from "../../ops/arithmetic.ts";
import { matmulOp } from "../../ops/linalg/matmul.ts";
import { broadcastToOp } from "../../ops/movement/reshape.ts";
import type { Written } from "./printer.ts";

/** The text of products with matrices and of repeated numbers; undefined for everything else. */
export function matrixText(value: SymbolicTensor): Written | undefined {
  const { op, inputs } = value.node;
  const [first, second] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  switch (op) {
    case multiply.op:
      return first.rank === 0 ? scaledText(first, second) : undefined;
    case negate.op:
      return isOpenProduct(first) ? { ...written("-#0", [first]), prefix: true } : undefined;
    case matmulOp:
      return productText(first, second);
    case broadcastToOp:
      return first.rank === 0 ? filledText(first, value.shape) : undefined;
    default:
      return undefined;
  }
}

/** A product whose first operand needs brackets below a strength. Both may stand without brackets of products. */
function written(
  template: string,
  operands: readonly SymbolicTensor[],
  first: number = PRECEDENCE.product,
): Written {
  const second = PRECEDENCE.product + 1;
  const chains = operands.length === 2;
  return { template, operands, precedence: PRECEDENCE.product, minimum: [first, second], chains };
}

/** A product of matrices and vectors. The transpose of a vector is itself: a vector on the left is written as a row. */
function productText(first: SymbolicTensor, second: SymbolicTensor): Written {
  const { power, postfix } = PRECEDENCE;
  if (isColumn(first)) return written("#0' * #1", [first, second], postfix);
  return written("#0 * #1", [first, second], isScaled(first) ? power : undefined);
}

/** Whether a value is a vector, and not a row times a matrix. */
function isColumn({ rank, node: { op, inputs } }: SymbolicTensor): boolean {
  return rank === 1 && !(op === matmulOp && inputs[0]?.rank === 1);
}

/** A scalar times a tensor. In front of a product of matrices it needs no brackets around that. */
function scaledText(scalar: SymbolicTensor, tensor: SymbolicTensor): Written | undefined {
  const { product, power } = PRECEDENCE;
  // An inner product is kept together.
  const first = scalar.node.op === matmulOp ? power : product;
  if (isOpenProduct(tensor)) {
    return { ...written("#0 * #1", [scalar, tensor]), minimum: [first, product] };
  }
  // Read with `*`, the scalar would fill the shape.
  if (isOnes(tensor)) return written("#0 .* #1", [scalar, tensor], first);
  return first === product ? undefined : written("#0 * #1", [scalar, tensor], first);
}

/** Whether a matrix is one that the reader would take a scalar or a sign out of. */
function isScaled({ node: { op, inputs } }: SymbolicTensor): boolean {
  if (op === negate.op) return true;
  return op === multiply.op && inputs[0]?.rank === 0 && inputs[1]?.rank !== 0;
}

const MOST_FACTORS = 100;
/** Larger constants may be written as a number times ones. */
const SMALL_CONSTANT = 16;

/** Whether a value is a product of matrices such that a scalar or a sign before it belongs to the whole product. */
function isOpenProduct(value: SymbolicTensor): boolean {
  let { node } = value;
  if (node.op !== matmulOp || value.rank === 0) return false;
  for (let i = 0; i < MOST_FACTORS; i++) {
    const first = node.inputs[0] as SymbolicTensor;
    node = first.node;
    if (isColumn(first) || isScaled(first)) return true;
    if (node.op !== matmulOp) return standsAlone(first);
  }
  return false;
}

/** Whether the first factor of a product is an atom or in brackets, where it stands. */
function standsAlone({ node: { op, inputs, value } }: SymbolicTensor): boolean {
  if (inputs.length === 0) return value === undefined || value.size <= SMALL_CONSTANT;
  if (op === broadcastToOp && inputs[0]?.rank === 0) return false;
  const { kind, precedence = PRECEDENCE.atom } = op.notation;
  if (kind === "prefix") return false;
  return precedence !== PRECEDENCE.product;
}

function isOnes({ node }: SymbolicTensor): boolean {
  return node.op === broadcastToOp && isNumber(node.inputs[0] as SymbolicTensor, 1);
}

function isNumber({ node: { value } }: SymbolicTensor, number: number): boolean {
  const isLiteral = value?.rank === 0 && value.weak && value.dtype !== "bool";
  return isLiteral && Object.is(value.at(0), number);
}

/** A scalar that is repeated to fill a shape. */
function filledText(scalar: SymbolicTensor, shape: readonly number[]): Written {
  const sizes = shape.join(", ");
  for (const [number, name] of [
    [0, "zeros"],
    [1, "ones"],
  ] as const) {
    if (!isNumber(scalar, number)) continue;
    const template = `${name}(${sizes})`;
    return { template, operands: [], precedence: PRECEDENCE.atom, minimum: [] };
  }
  return written(`#0 * ones(${sizes})`, [scalar]);
}
