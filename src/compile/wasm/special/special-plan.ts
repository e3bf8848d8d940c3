// What the plans of special kernels have in common: the call that they are made for, and their texts.

import type { Special } from "../../../expr/lowering.ts";
import { type AbstractValue, sizeOf } from "../../../expr/shape.ts";
import { BYTES } from "../../bytes.ts";
import type { KernelPlan } from "../../kernel-plan.ts";
import type { KernelSource } from "../heap.ts";
import { listing } from "../listing.ts";

/** A special kernel with certain operands and results. */
export interface SpecialCall {
  readonly settings: Special["settings"];
  readonly inputs: readonly AbstractValue[];
  readonly outputs: readonly AbstractValue[];
  /** Whether a product and a sum may be rounded together, where the engine has an instruction for it; false unless given. */
  readonly fma?: boolean;
}

/** Makes the plan of a call, or undefined where the kernel does not serve its types. */
export type SpecialPlanner = (call: SpecialCall) => KernelPlan | undefined;

/** The texts of kernels, each under its key. */
export function listingOf(sources: readonly KernelSource[]): string {
  return sources.map(({ key, write }) => `${key}\n${listing(write())}`).join("\n\n");
}

/** How many bytes a value takes. */
export function bytesOf({ shape, dtype }: AbstractValue): number {
  return sizeOf(shape) * BYTES[dtype];
}
