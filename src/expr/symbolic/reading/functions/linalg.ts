// Functions of matrices. Those with several results are asked for one of them: svd(x, "s").

import { applyAll } from "../../../apply.ts";
import { SymtapeError } from "../../../errors.ts";
import type { Op } from "../../../op.ts";
import { cholesky } from "../../../ops/linalg/cholesky.ts";
import { cofactors } from "../../../ops/linalg/cofactors.ts";
import { det, slogdetOp } from "../../../ops/linalg/determinant.ts";
import { dot } from "../../../ops/linalg/dot.ts";
import { eighOp } from "../../../ops/linalg/eigh.ts";
import { einsum } from "../../../ops/linalg/einsum.ts";
import { expm } from "../../../ops/linalg/expm.ts";
import { inverse, solve } from "../../../ops/linalg/inverse.ts";
import { lstsq } from "../../../ops/linalg/lstsq.ts";
import { matmul, outer } from "../../../ops/linalg/matmul.ts";
import { pinv } from "../../../ops/linalg/pinv.ts";
import { trace } from "../../../ops/linalg/trace.ts";
import { triangularSolve } from "../../../ops/linalg/triangular.ts";
import type { Tensor } from "../../../tensor.ts";
import { operationsWithParts } from "../../parts.ts";
import { given } from "./arguments.ts";
import { type Called, type FunctionTable, onTensors, takes } from "./builtin.ts";

/** More operands than this are no summation that anybody means. */
const MOST_OPERANDS = 50;

export function linalg(): FunctionTable {
  return {
    matmul: onTensors(2, matmul),
    dot: onTensors(2, dot),
    outer: onTensors(2, outer),
    trace: onTensors(1, trace),
    det: onTensors(1, det),
    cofactors: onTensors(1, cofactors),
    inv: onTensors(1, inverse),
    inverse: onTensors(1, inverse),
    pinv: takes(1, 2, (args) =>
      pinv(args.tensor(0), given({ tolerance: args.number(1, "the tolerance") })),
    ),
    expm: onTensors(1, expm),
    cholesky: onTensors(1, cholesky),
    solve: onTensors(2, solve),
    lusolve: onTensors(2, solve),
    lstsq: onTensors(2, lstsq),
    triangularSolve: takes(2, 5, (args) => {
      const lower = args.flag(2, "whether the lower triangle is used");
      const transpose = args.flag(3, "whether the transpose is meant");
      const unitDiagonal = args.flag(4, "whether the diagonal is ones");
      return triangularSolve(
        args.tensor(0),
        args.tensor(1),
        given({ lower, transpose, unitDiagonal }),
      );
    }),
    lsolve: onTensors(2, (a, b) => triangularSolve(a, b)),
    usolve: onTensors(2, (a, b) => triangularSolve(a, b, { lower: false })),
    einsum: takes(2, MOST_OPERANDS + 1, (args) =>
      einsum(args.anyText(0, "the first argument"), ...args.tensors(1)),
    ),
    logdet: onTensors(1, (x) => applyAll(slogdetOp, [x], {})[1] as Tensor),
    eigvalsh: onTensors(1, (x) => applyAll(eighOp, [x], {})[0] as Tensor),
    ...Object.fromEntries(
      [...operationsWithParts()].map(([op, names]) => [op.name, partOf(op, names)]),
    ),
  };
}

/** One of several results by its name. */
function partOf(op: Op, names: readonly string[]): Called {
  return takes(1, 2, (args) => {
    const name = args.text(1, "the part", names);
    if (name !== undefined) {
      return applyAll(op, [args.tensor(0)], {})[names.indexOf(name)] as Tensor;
    }
    const calls = names.map((part) => `${op.name}(x, "${part}")`).join(" or ");
    const message = `${op.name} has several results. Ask for one of them: ${calls}.`;
    throw new SymtapeError("unsupported", message, { operation: op.name });
  });
}
