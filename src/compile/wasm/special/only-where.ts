// The plan of onlyWhere: examples that were not chosen become copies of the first one that was.

import { type AbstractValue, sizeOf } from "../../../expr/shape.ts";
import type { KernelPlan } from "../../kernel-plan.ts";
import { bytesOf, type SpecialCall } from "./special-plan.ts";

/** Copies all examples, then the first chosen one over those that were not; most are chosen, as a rule. */
export function onlyWherePlan({ inputs, outputs }: SpecialCall): KernelPlan {
  const [{ shape }] = inputs as readonly [AbstractValue];
  const [result] = outputs as readonly [AbstractValue];
  const count = shape.at(-1) as number;
  const tests = sizeOf(shape);
  const bytes = bytesOf(result);
  const rowBytes = bytes / tests;
  return {
    label: `onlyWhere ${result.shape.join("×")} ${result.dtype}`,
    scratch: 0,
    flops: 0,
    bind: (heap, addresses) => {
      const [test, source, target] = addresses as [number, number, number];
      return () => {
        const memory = new Uint8Array(heap.memory.buffer);
        memory.copyWithin(target, source, source + bytes);
        for (let start = 0; start < tests; start += count) {
          const first = memory.indexOf(1, test + start) - test;
          if (first < start || first >= start + count) continue;
          for (let i = start; i < start + count; i++) {
            if (memory[test + i] !== 0) continue;
            const from = source + first * rowBytes;
            memory.copyWithin(target + i * rowBytes, from, from + rowBytes);
          }
        }
      };
    },
    listing: () => "onlyWhere: copies within memory",
  };
}
