// The functions that formulas may call, by name: every operation, and the other spellings that mathjs has.

import { type Builtin, type FunctionTable, namedFunctions } from "./functions/builtin.ts";
import { creation } from "./functions/creation.ts";
import { layers } from "./functions/layers.ts";
import { linalg } from "./functions/linalg.ts";
import { movement } from "./functions/movement.ts";
import { pointwiseEntries, spellings } from "./functions/operators.ts";
import { picking } from "./functions/picking.ts";
import { random } from "./functions/random.ts";
import { reductions } from "./functions/reductions.ts";

export type { Builtin } from "./functions/builtin.ts";

let builtins: ReadonlyMap<string, Builtin> | undefined;

/** All functions by name. */
export function builtinFunctions(): ReadonlyMap<string, Builtin> {
  builtins ??= new Map([
    ...pointwiseEntries(),
    ...spellings(),
    ...tables().flatMap(namedFunctions),
  ]);
  return builtins;
}

function tables(): readonly FunctionTable[] {
  return [creation, reductions, movement, picking, linalg(), layers, random];
}
