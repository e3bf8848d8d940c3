// In which dtypes a loop computes, and how many elements fit into a vector therefore.

import type { DType } from "../../../expr/shape.ts";
import type { Loop, LoopValue } from "../../loop.ts";
import { computingDType, takesTruth } from "./apply.ts";
import type { LaneCount } from "./lanes.ts";

type Apply = LoopValue & { readonly kind: "apply" };

/**
 * The dtypes in which an operation gets its operands. A number is written in the dtype in which the operation computes:
 * rounded where that is float32 because the result is, and in comparisons only if that changes nothing.
 */
export function operandDTypes(loop: Loop, { op, dtype, operands }: Apply): readonly DType[] {
  const sources = operands.map((operand) => loop.values[operand] as LoopValue);
  const others = sources
    .filter(({ kind }, i) => kind !== "number" && !takesTruth(op, i))
    .map((source) => source.dtype);
  const dtypes = sources.map((source, i): DType => {
    if (source.kind !== "number") return source.dtype;
    if (takesTruth(op, i)) return "bool";
    if (dtype === "float64" || dtype === "float32") return dtype;
    return narrowest(source.value, dtype, others);
  });
  const isWide = computingDType(op, dtype, dtypes) === "float64";
  return dtypes.map((own, i) =>
    isWide && own !== "bool" && sources[i]?.kind === "number" ? "float64" : own,
  );
}

/** The dtype of a number beside others, where the result is no float. */
function narrowest(value: number, result: DType, others: readonly DType[]): DType {
  if (others.includes("float64")) return "float64";
  const isFloat = others.includes("float32");
  if (isFloat && result === "bool" && !others.includes("int32")) {
    return Math.fround(value) === value || Number.isNaN(value) ? "float32" : "float64";
  }
  return !isFloat && (value | 0) === value ? "int32" : "float64";
}

/** Two lanes where anything is float64, four otherwise. */
export function laneCountOf(loop: Loop): LaneCount {
  const isWide = loop.values.some((value) => {
    if (value.kind === "number") return false;
    if (value.dtype === "float64") return true;
    if (value.kind !== "apply") return false;
    return computingDType(value.op, value.dtype, operandDTypes(loop, value)) === "float64";
  });
  if (isWide) return 2;
  const stored = loop.stores.some(({ dtype }) => dtype === "float64");
  return stored ? 2 : 4;
}
