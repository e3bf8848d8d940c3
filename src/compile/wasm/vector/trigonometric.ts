// The trigonometric functions and their inverses.

import { acos, asin } from "./arcsine.ts";
import { acot, acsc, asec, atan, atan2 } from "./arctangent.ts";
import { cos, sin } from "./sine.ts";
import { cot, csc, sec, tan } from "./tangent.ts";
import type { VectorFunctions } from "./vector-function.ts";

export const trigonometricFunctions: VectorFunctions = {
  sin,
  cos,
  tan,
  cot,
  sec,
  csc,
  asin,
  acos,
  atan,
  atan2,
  acot,
  asec,
  acsc,
};
