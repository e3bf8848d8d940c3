// What a function of the formula language is, and how tables of them are written.

import type { Tensor } from "../../../tensor.ts";
import { tensorOf, type Value } from "../values.ts";
import { Arguments } from "./arguments.ts";

/** A function of the language: how many arguments it takes and what it builds of them. */
export interface Builtin {
  readonly minimum: number;
  readonly maximum: number;
  build(args: readonly Value[]): Tensor;
}

/** A function before it has a name. */
export interface Called {
  readonly minimum: number;
  readonly maximum: number;
  call(args: Arguments): Tensor;
}

export type FunctionTable = Readonly<Record<string, Called>>;

/** A function of `minimum` to `maximum` arguments that reads them one by one. */
export function takes(minimum: number, maximum: number, call: (args: Arguments) => Tensor): Called {
  return { minimum, maximum, call };
}

/** A function of so many tensors. */
export function onTensors(count: number, f: (...operands: Tensor[]) => Tensor): Called {
  return takes(count, count, (args) => f(...args.tensors()));
}

/** The functions of a table by name, each of which knows its own. */
export function namedFunctions(table: FunctionTable): (readonly [string, Builtin])[] {
  return Object.entries(table).map(([name, { minimum, maximum, call }]) => [
    name,
    { minimum, maximum, build: (values) => call(new Arguments(name, values)) },
  ]);
}

/** A function on plain tensors as the language calls it. */
export function builtinOf(
  minimum: number,
  maximum: number,
  f: (...operands: Tensor[]) => Tensor,
): Builtin {
  return { minimum, maximum, build: (args) => f(...args.map(tensorOf)) };
}
