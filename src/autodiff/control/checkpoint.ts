// checkpoint: a function whose intermediate values are computed again when its derivative is.

import { leafTensor, leavesOf, rebuildTree, type Tree } from "../tree.ts";
import { resultOf, traceBody } from "./body.ts";
import { call, callOp } from "./body-op.ts";

/**
 * The same function; a tape keeps only its arguments and results, and its derivative computes what lies
 * between once more. Values that the function closes over are differentiated like arguments. It is traced with symbols: choose in it with
 * `where` or `cond`, not with `if` on numbers.
 *
 * @example
 * const f = checkpoint((x: Tensor) => exp(sin(x)));
 * grad(f)(0); // 1
 */
export function checkpoint<Args extends readonly unknown[], Result>(
  f: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    const leaves = leavesOf(args as unknown as Tree, "checkpoint").map(leafTensor);
    const traced = traceBody("checkpoint", leaves, (inputs) =>
      f(...(rebuildTree(args as unknown as Tree, inputs) as Args)),
    );
    const outputs = call(callOp(traced.body), [...leaves, ...traced.captures]);
    return resultOf(traced, outputs) as Result;
  };
}
