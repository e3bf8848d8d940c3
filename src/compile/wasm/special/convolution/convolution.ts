// The plan of a convolution: by tiles of results, or by long inner products where there are few results.

import { planOf, rowsAndColumns } from "../../../../expr/ops/neural/convolution-plan.ts";
import type { AbstractValue } from "../../../../expr/shape.ts";
import type { KernelPlan } from "../../../kernel-plan.ts";
import { isConvertible } from "../elements.ts";
import type { SpecialCall } from "../special-plan.ts";
import { correlationPlan } from "./correlation.ts";
import { correlationCost } from "./correlation-layout.ts";
import { pixelCost, pixelPlan } from "./pixels.ts";

export function convolutionPlan({
  settings,
  inputs,
  outputs,
  fma = false,
}: SpecialCall): KernelPlan | undefined {
  const [x, w] = inputs as readonly [AbstractValue, AbstractValue];
  const { dtype } = outputs[0] as AbstractValue;
  if (dtype !== "float64" && dtype !== "float32") return undefined;
  if (x.dtype !== dtype || !isConvertible(w.dtype, dtype)) return undefined;
  const plan = planOf("convolution", x.shape, w.shape, settings);
  const [rows, columns] = rowsAndColumns(plan);
  const { batch, groups, channels, filters } = plan;
  const sizes = { dtype, weights: w.dtype, fma, batch, groups, channels, filters, rows, columns };
  return correlationCost(sizes) < pixelCost(sizes) ? correlationPlan(sizes) : pixelPlan(sizes);
}
