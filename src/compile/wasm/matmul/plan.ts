// The plan of a matrix product: which kernels it takes for its sizes and strides.

import type { KernelPlan } from "../../kernel-plan.ts";
import { hasFma } from "../engine.ts";
import type { Heap } from "../heap.ts";
import { listing } from "../listing.ts";
import { macroKernel } from "./macro-kernel.ts";
import { bindMatrix, matrixForm, matrixScratch } from "./matrix-product.ts";
import { toProduct } from "./product.ts";
import type { MatmulSpec } from "./spec.ts";
import { tileFor } from "./tile.ts";
import { bindVector, isVectorProduct, vectorKernel, vectorScratch } from "./vector-product.ts";

export type { Epilogue, MatmulSpec } from "./spec.ts";

/** Whether the epilogue can be done along with the product: its operands move with the columns by 1 or 0. */
export function supportsEpilogue({ epilogue }: MatmulSpec): boolean {
  return (epilogue?.operands ?? []).every(({ walk }) => {
    const step = walk.strides.at(-1);
    return step === 0 || step === 1;
  });
}

/** The buffers are left, right, the operands of the epilogue, and the row-major result. */
export function matmulPlan(spec: MatmulSpec): KernelPlan {
  if (!supportsEpilogue(spec)) {
    throw new Error("an operand of the epilogue moves along the columns by other than 0 or 1");
  }
  const { dtype, batch, rows, inner, columns } = spec;
  const results = batch.reduce((size, other) => size * other, rows * columns);
  const label = `matmul ${[...batch, rows].join("×")}×${inner}×${columns} ${dtype}`;
  const rest = { label, flops: 2 * results * inner };
  if (results === 0) return { ...rest, scratch: 0, bind: () => () => {}, listing: () => "" };
  const product = toProduct({ ...spec, fma: spec.fma && hasFma() });
  if (isVectorProduct(spec)) {
    return {
      ...rest,
      scratch: vectorScratch(product),
      bind: (heap, addresses, scratch) => bindVector(product, heap, addresses, scratch),
      listing: () => listing(vectorKernel(product).write()),
    };
  }
  const tile = tileFor(product);
  return {
    ...rest,
    scratch: matrixScratch(product, tile),
    bind: (heap: Heap, addresses, scratch) => bindMatrix(product, tile, heap, addresses, scratch),
    listing: () => listing(macroKernel(matrixForm(product, tile)).write()),
  };
}
