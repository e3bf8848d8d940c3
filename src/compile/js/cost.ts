// How many operations on numbers a node takes, told from its shapes.

import type { Node } from "../../expr/graph.ts";
import { matmulOp } from "../../expr/ops/linalg/matmul.ts";
import { productSizes } from "../../expr/ops/linalg/product-sizes.ts";
import { convolutionOp } from "../../expr/ops/neural/convolution.ts";
import { type Shape, sizeOf } from "../../expr/shape.ts";

/** An estimate from above that is cheap to make. */
export function costOf({ op, inputs, outputs, value }: Node): number {
  if (value !== undefined) return 0;
  const results = outputs.reduce((total, { shape }) => total + sizeOf(shape), 0);
  if (op === matmulOp) {
    const [left, right] = inputs.map(({ shape }) => shape) as [Shape, Shape];
    return 2 * results * productSizes(left, right).inner;
  }
  if (op === convolutionOp) {
    const weights = inputs[1]?.shape as Shape;
    return 2 * results * sizeOf(weights.slice(1));
  }
  return inputs.reduce((most, { shape }) => Math.max(most, sizeOf(shape)), results);
}
