// cond: one of two functions, chosen by a truth value that may be a symbol or differ between examples.

import { SymtapeError } from "../../expr/errors.ts";
import { isData } from "../../expr/ops/gradient-control.ts";
import { cast } from "../../expr/ops/movement/index.ts";
import { promote, sameShape } from "../../expr/shape.ts";
import { asTensor, type Tensor, type TensorLike } from "../../expr/tensor.ts";
import {
  inOrderOf,
  leafTensor,
  leavesOf,
  rebuildTree,
  type Traced as TracedLeaves,
  type Tree,
} from "../tree.ts";
import { type Body, makeBody, resultOf, type Traced, traceBody } from "./body.ts";
import { call } from "./body-op.ts";
import { condOp } from "./cond-op.ts";

/** The operands as the functions receive them. */
type TracedAll<Operands extends readonly unknown[]> = {
  [K in keyof Operands]: TracedLeaves<Operands[K]>;
};

/**
 * `yes(...operands)` where the condition holds, else `no(...operands)`. With plain numbers only the chosen function
 * runs. For a symbol both become part of the graph, of which evaluation runs one; inside `vmap` both run and
 * each example takes its own.
 *
 * @throws SymtapeError (shape) if the functions return different trees, shapes or dtypes.
 * @example
 * const f = (x: Tensor) => cond(greater(x, 0), (x) => sqrt(x), (x) => multiply(x, 0), x);
 * grad(f)(4); // 0.25
 * grad(f)(-4); // 0
 */
export function cond<Operands extends readonly unknown[], Result>(
  condition: TensorLike,
  yes: (...operands: TracedAll<Operands>) => Result,
  no: (...operands: TracedAll<Operands>) => Result,
  ...operands: Operands
): Result {
  const test = asTensor(condition);
  if (test.rank !== 0) {
    throw new SymtapeError(
      "shape",
      `cond: the condition must be a scalar, got shape [${test.shape.join(",")}]. Use where() to choose element by element.`,
      { operation: "cond", shapes: [test.shape] },
    );
  }
  const trees = operands as unknown as Tree;
  const leaves = leavesOf(trees, "cond").map(leafTensor);
  const apply = (f: typeof yes, values: readonly Tensor[]): Result =>
    f(...(rebuildTree(trees, values) as TracedAll<Operands>));
  if (isData(test)) return apply(test.concrete("cond").at(0) !== 0 ? yes : no, leaves);
  const first = traceBody("cond", leaves, (inputs) => apply(yes, inputs));
  const second = traceBody("cond", leaves, (inputs) =>
    likeFirst(apply(no, inputs) as Tree, first.result),
  );
  const { bodies, captures } = together(leaves, first, second);
  const outputs = call(condOp(...bodies), [test, ...leaves, ...captures]);
  return resultOf(first, outputs) as Result;
}

/** The second result with the entries of objects in the order of the first. */
function likeFirst(result: Tree, first: Tree): Tree {
  const own = leavesOf(result, "cond");
  const leaves = inOrderOf(leavesOf(first, "cond"), own);
  const values = leaves.map(({ value }) => value);
  return leaves === own ? result : (rebuildTree(first, values) as Tree);
}

/** Both bodies with the same inputs: the operands and what either of them captured. */
function together(
  leaves: readonly Tensor[],
  first: Traced,
  second: Traced,
): { bodies: [Body, Body]; captures: readonly Tensor[] } {
  const types = checkSame(first, second);
  const captures = [...new Set([...first.captures, ...second.captures])];
  const widened = ({ body, captures: own }: Traced): Body =>
    makeBody([...leaves, ...captures], (inputs) => {
      const taken = own.map(
        (capture) => inputs[leaves.length + captures.indexOf(capture)] as Tensor,
      );
      const outputs = body.evaluate([...inputs.slice(0, leaves.length), ...taken]);
      return outputs.map((output, i) => inType(output, types[i] as Tensor["dtype"]));
    });
  return { bodies: [widened(first), widened(second)], captures };
}

function inType(value: Tensor, dtype: Tensor["dtype"]): Tensor {
  return value.weak || value.dtype !== dtype ? cast(value, dtype) : value;
}

/** The dtypes of the results, which both functions must agree on but for literals. */
function checkSame(first: Traced, second: Traced): readonly Tensor["dtype"][] {
  const paths = (traced: Traced): string =>
    leavesOf(traced.result, "cond")
      .map(({ path }) => path)
      .join();
  const results = [first.body.outputs, second.body.outputs] as const;
  const same =
    paths(first) === paths(second) &&
    results[0].every((output, i) => {
      const other = results[1][i] as Tensor;
      const kind = output.weak || other.weak || output.dtype === other.dtype;
      return kind && sameShape(output.shape, other.shape);
    });
  if (same) return results[0].map((output, i) => promote([output, results[1][i] as Tensor]).dtype);
  const text = (outputs: readonly Tensor[]): string =>
    outputs.map(({ shape, dtype }) => `${dtype}[${shape.join(",")}]`).join(", ");
  throw new SymtapeError(
    "shape",
    `cond: both functions must return the same tree, shapes and dtypes: ${text(results[0])} beside ${text(results[1])}.`,
    { operation: "cond", shapes: [...results[0], ...results[1]].map(({ shape }) => shape) },
  );
}
