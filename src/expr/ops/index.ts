// The table of all operations, for stored graphs, the formula language and the contract suite.

import type { Op } from "../op.ts";
import * as control from "./gradient-control.ts";
import { constantOp, inputOp } from "./leaves.ts";
import * as linalg from "./linalg/ops.ts";
import * as movement from "./movement/ops.ts";
import * as neural from "./neural/ops.ts";
import * as random from "./random/ops.ts";
import * as reductions from "./reductions/ops.ts";
import { pointwiseFunctions } from "./tensor-arithmetic.ts";

let operations: ReadonlyMap<string, Op> | undefined;

/** Every operation by its name. */
export function allOps(): ReadonlyMap<string, Op> {
  operations ??= new Map(
    [
      inputOp,
      constantOp,
      ...[...pointwiseFunctions().values()].map((f) => f.op),
      ...[control, linalg, movement, neural, random, reductions].flatMap(opsOf),
    ].map((op) => [op.name, op]),
  );
  return operations;
}

function opsOf(module: Readonly<Record<string, unknown>>): Op[] {
  return Object.entries(module).flatMap(([name, value]) =>
    name.endsWith("Op") ? [value as Op] : [],
  );
}
