// The parameters of kernels by name.

import type { FunctionBuilder, Value } from "./function-builder.ts";

/** Adds parameters, all i32, in the order of their names. */
export function parametersOf<N extends string>(
  b: FunctionBuilder,
  names: readonly N[],
): Readonly<Record<N, Value>> {
  const entries = names.map((name) => [name, b.parameter("i32", name)]);
  return Object.fromEntries(entries) as Readonly<Record<N, Value>>;
}
