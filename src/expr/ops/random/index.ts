// Random numbers from an explicit key, the same on every platform.

export { bernoulli } from "./bernoulli.ts";
export { type CategoricalOptions, categorical } from "./categorical.ts";
export type { DrawOptions } from "./drawing.ts";
export { type IntegerBounds, integers } from "./integers.ts";
export { foldIn, key, split } from "./keys.ts";
export { type NormalOptions, normal } from "./normal.ts";
export { permutation } from "./permutation.ts";
export { type UniformOptions, uniform } from "./uniform.ts";
