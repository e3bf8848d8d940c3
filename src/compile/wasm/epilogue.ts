// The tail of a matrix product as vector code.

import type { LoopValue } from "../loop.ts";
import type { Tail } from "../tails.ts";
import type { Value } from "./function-builder.ts";
import { applyLanes, type Operand } from "./loop/apply.ts";
import { constantLanes, convertLanes, type Lanes } from "./loop/lanes.ts";
import type { Epilogue } from "./matmul/plan.ts";

export function epilogueOf(tail: Tail): Epilogue {
  return {
    key: JSON.stringify([tail.dtype, tail.values.map(contentOf), tail.product, tail.result]),
    operands: tail.operands,
    write: (b, _, product, operands) => {
      const lanes: Lanes = { b, count: tail.dtype === "float64" ? 2 : 4 };
      const given = new Map([
        [tail.product, product],
        ...tail.operands.map(({ value }, i) => [value, operands[i] as Value] as const),
      ]);
      const results: Operand[] = [];
      tail.values.forEach((value, place) => {
        results.push(written(lanes, value, results, given.get(place)));
      });
      return (results[tail.result] as Operand).value;
    },
  };
}

/** What tells values apart: for loads only that they are loaded. */
function contentOf(value: LoopValue): unknown {
  if (value.kind === "load") return "load";
  if (value.kind !== "number") return value;
  return [value.kind, value.dtype, Object.is(value.value, -0) ? "-0" : String(value.value)];
}

function written(
  lanes: Lanes,
  value: LoopValue,
  results: readonly Operand[],
  loaded: Value | undefined,
): Operand {
  const { dtype } = value;
  switch (value.kind) {
    case "load":
      return { value: loaded as Value, dtype };
    case "number":
      return { value: constantLanes(lanes, dtype, value.value), dtype, number: value.value };
    case "cast": {
      const operand = results[value.operand] as Operand;
      return { value: convertLanes(lanes, operand.value, operand.dtype, dtype), dtype };
    }
    case "apply": {
      const operands = value.operands.map((place) => results[place] as Operand);
      return { value: applyLanes(lanes, value.op, dtype, operands), dtype };
    }
    case "index":
      throw new Error("a tail has no index");
  }
}
