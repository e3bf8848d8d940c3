// All pointwise operations that have vector code. What is not here is computed lane by lane, by its kernel on numbers.

import { activationsFunctions } from "./activations.ts";
import { arithmeticFunctions } from "./arithmetic.ts";
import { comparisonFunctions } from "./comparison.ts";
import { errorFunctionFunctions } from "./error-function.ts";
import { exponentialFunctions } from "./exponential.ts";
import { hyperbolicFunctions } from "./hyperbolic.ts";
import { powersFunctions } from "./powers.ts";
import { roundingFunctions } from "./rounding.ts";
import { trigonometricFunctions } from "./trigonometric.ts";
import type { VectorFunction, VectorFunctions } from "./vector-function.ts";

const FUNCTIONS: VectorFunctions = {
  ...arithmeticFunctions,
  ...comparisonFunctions,
  ...roundingFunctions,
  ...trigonometricFunctions,
  ...powersFunctions,
  ...errorFunctionFunctions,
  ...exponentialFunctions,
  ...hyperbolicFunctions,
  ...activationsFunctions,
};

/** The vector code of a pointwise operation, if there is any. */
export function vectorFunction(name: string): VectorFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}
