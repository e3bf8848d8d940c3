// The examples of a batch, of which a condition chooses some.

import type { NdArray } from "../../expr/arithmetic.ts";
import type { Op } from "../../expr/op.ts";
import { batchRule } from "../../expr/ops/batching.ts";
import { where } from "../../expr/ops/comparison.ts";
import { reshape } from "../../expr/ops/movement/index.ts";
import { takeElements } from "../../expr/ops/structured.ts";
import { type AbstractValue, sizeOf, type TypedArray } from "../../expr/shape.ts";
import { ConcreteTensor, dataOf, literal, type Tensor } from "../../expr/tensor.ts";
import { bodyOp, call } from "./body-op.ts";

/** For every example the value that its own condition chose. */
export function eachChosen(test: Tensor, yes: Tensor, no: Tensor): Tensor {
  const ones = new Array<number>(yes.rank - test.rank).fill(1);
  return where(reshape(test, [...test.shape, ...ones]), yes, no);
}

/**
 * The batched values with the first example that the condition holds for in the place of those that it does not. What
 * is made of the latter must be left out afterwards: it has no derivative.
 */
export function onlyWhere(
  test: Tensor,
  values: readonly Tensor[],
  batched: readonly boolean[],
): Tensor[] {
  const op = onlyWhereOp();
  return values.map((value, i) => (batched[i] ? (call(op, [test, value])[0] as Tensor) : value));
}

/** The examples stand along the last axis of the condition; axes before it hold batches. */
function onlyWhereOp(): Op {
  return bodyOp({
    name: "onlyWhere",
    infer: ([, x]) => {
      const { shape, dtype } = x as AbstractValue;
      return [{ shape, dtype, weak: false }];
    },
    evaluate: ([test, x]) => {
      const { shape, dtype } = x as ConcreteTensor;
      const holds = dataOf(test as ConcreteTensor);
      const places = sourcesOf(Array.from(holds), (test as Tensor).shape, shape);
      const data = takeElements(dataOf(x as ConcreteTensor), places) as TypedArray;
      return [new ConcreteTensor(shape, dtype, data)];
    },
    reference: (arithmetic, [test, x]) => {
      const { shape, data } = x as NonNullable<typeof x>;
      const holds = Array.from((test as NonNullable<typeof test>).data, (element) =>
        arithmetic.numberOf(element),
      );
      const places = sourcesOf(holds, (test as NdArray<unknown>).shape, shape);
      return [{ shape, data: takeElements(data, places) }];
    },
    pullback: ({ inputs: [test] }, [cotangent]) => [
      undefined,
      cotangent && eachChosen(test as Tensor, cotangent, literal(0)),
    ],
    pushforward: ({ op, inputs: [test] }, [, tangent]) =>
      tangent === undefined ? [] : call(op, [test as Tensor, tangent]),
    batch: batchRule("leading"),
    lower: () => ({ kind: "special", kernel: "onlyWhere", settings: {} }),
  });
}

/** For each element where it comes from; one whose condition is not known stays. */
function sourcesOf(
  holds: readonly (number | undefined)[],
  ofTest: readonly number[],
  shape: readonly number[],
): Int32Array {
  const count = ofTest.at(-1) as number;
  const size = sizeOf(shape.slice(ofTest.length));
  const sources = new Int32Array(holds.length * size);
  for (let start = 0; start < holds.length; start += count) {
    const own = holds.slice(start, start + count);
    const first = Math.max(
      own.findIndex((hold) => hold !== 0),
      0,
    );
    own.forEach((hold, k) => {
      const from = start + (hold === 0 ? first : k);
      for (let i = 0; i < size; i++) sources[(start + k) * size + i] = from * size + i;
    });
  }
  return sources;
}
