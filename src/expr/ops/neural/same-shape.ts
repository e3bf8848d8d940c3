// Losses compare element by element and never broadcast: shapes that differ are a mistake and are refused.

import { formatShape, type Shape, sameShape } from "../../shape.ts";
import { asTensor, type TensorLike } from "../../tensor.ts";
import { shapeError } from "../structured.ts";

/**
 * Checks that a loss may compare a prediction with a target: their shapes are equal. A prediction of shape [n] and
 * a target of shape [n, 1] would otherwise broadcast to all n² pairs, and the loss would fall while nothing is
 * learned.
 *
 * @throws SymtapeError (shape) with both shapes and the remedy.
 * @example
 * requireSameShape("huberLoss", tensor([1, 2]), tensor([3, 4])); // undefined
 */
export function requireSameShape(
  operation: string,
  prediction: TensorLike,
  target: TensorLike,
): void {
  const found = asTensor(prediction).shape;
  const expected = asTensor(target).shape;
  if (sameShape(found, expected)) return;
  throw shapeError(
    operation,
    `the prediction has shape ${formatShape(found)} and the target ${formatShape(expected)}. They must be equal, ` +
      `since a loss does not broadcast. ${remedy(found, expected)}`,
    found,
    expected,
  );
}

function remedy(prediction: Shape, target: Shape): string {
  const [left, right] = [prediction, target].map(withoutOnes) as [Shape, Shape];
  if (sameShape(left, right)) return `Write reshape(target, ${formatShape(prediction)}).`;
  if (fits(target, prediction)) {
    return `If every target stands for several predictions, write broadcastTo(target, ${formatShape(prediction)}).`;
  }
  return "Compare values that belong to each other one by one.";
}

function withoutOnes(shape: Shape): Shape {
  return shape.filter((length) => length !== 1);
}

/** Whether a shape broadcasts to a larger one. */
function fits(shape: Shape, larger: Shape): boolean {
  return (
    shape.length <= larger.length &&
    shape.every((length, axis) => length === 1 || length === larger.at(axis - shape.length))
  );
}
