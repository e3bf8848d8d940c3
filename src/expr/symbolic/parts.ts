// The names of the parts of operations with several results, as formulas write them: svd(x, "s").

import type { Op } from "../op.ts";
import { slogdetOp } from "../ops/linalg/determinant.ts";
import { eighOp } from "../ops/linalg/eigh.ts";
import { qrOp } from "../ops/linalg/qr.ts";
import { svdOp } from "../ops/linalg/svd.ts";

/** Operations with several results, with the names of these in their order. */
export function operationsWithParts(): ReadonlyMap<Op, readonly string[]> {
  return new Map<Op, readonly string[]>([
    [qrOp, ["q", "r"]],
    [svdOp, ["u", "s", "vt"]],
    [eighOp, ["values", "vectors"]],
    [slogdetOp, ["sign", "logAbs"]],
  ]);
}

/** The name of one of the results; undefined where the operation has only one, or none of them has a name. */
export function partName(op: Op, index: number): string | undefined {
  return operationsWithParts().get(op)?.[index];
}
