// The two operations without operands: an input of a graph and a constant.

import { SymtapeError } from "../errors.ts";
import type { Op } from "../op.ts";

export const inputOp: Op = leaf("input");
export const constantOp: Op = leaf("constant");

function leaf(name: string): Op {
  const unreachable = (): never => {
    throw new SymtapeError("usage", `${name}: a leaf of a graph has a value; it is not computed.`, {
      operation: name,
    });
  };
  return {
    name,
    version: 1,
    inputs: [],
    notation: { kind: "custom", symbol: name },
    samples: [],
    nondifferentiable: false,
    discrete: [],
    infer: unreachable,
    evaluate: unreachable,
    reference: unreachable,
    pullback: () => [],
    pushforward: unreachable,
    batch: unreachable,
  };
}
