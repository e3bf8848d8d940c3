// Calls a public function as a case says it.

import * as library from "../../src/expr/index.ts";
import { Tensor } from "../../src/expr/index.ts";
import type { TorchCase } from "./fixture.ts";

type AnyFunction = (...args: readonly unknown[]) => unknown;

const functions = library as unknown as Readonly<Record<string, AnyFunction>>;

/** The outputs of the function on these operands, in the order of the case. */
export function callOn(one: TorchCase, operands: readonly Tensor[]): readonly Tensor[] {
  const outcome = invoke(one, operands);
  if (outcome instanceof Tensor) return [outcome];
  if (Array.isArray(outcome)) return outcome as readonly Tensor[];
  const record = outcome as Readonly<Record<string, Tensor>>;
  return (one.results ?? Object.keys(record)).map((key) => record[key] as Tensor);
}

/** `at.set` stands for `at(x, places).set(value)`; other names are functions. */
function invoke(one: TorchCase, operands: readonly Tensor[]): unknown {
  const f = functionOf(one);
  const args = one.call.slice(1).map((value) => fill(value, operands));
  const method = one.call[0].split(".")[1];
  if (method === undefined) return f(...args);
  const [x, places, ...rest] = args;
  const region = f(x, places) as Readonly<Record<string, AnyFunction>>;
  return (region[method] as AnyFunction)(...rest);
}

/** The public function that a case calls. */
export function functionOf({ call: [name] }: TorchCase): AnyFunction {
  const f = functions[name.split(".")[0] as string];
  if (typeof f !== "function") throw new Error(`there is no function ${name}`);
  return f;
}

/** An argument with the operands put in for "$0", "$1". */
function fill(value: unknown, operands: readonly Tensor[]): unknown {
  if (typeof value === "string") {
    if (/^\$\d+$/.test(value)) return operands[Number(value.slice(1))];
    return /^-?Infinity$/.test(value) ? Number(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, operands));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fill(item, operands)]),
  );
}

/** The call as a reader would write it, with the shapes of its operands. */
export function titleOf({ call: [name, ...args], inputs }: TorchCase): string {
  const shapes = inputs.map(({ shape }) => `[${shape.join(", ")}]`);
  const written = JSON.stringify(args).slice(1, -1).replaceAll('"', "");
  return `${name}(${written}) on ${shapes.join(", ") || "no operands"}`;
}
