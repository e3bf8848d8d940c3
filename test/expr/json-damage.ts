// What damaged graphs are made of, and what fromJSON must say of them.

import { expect } from "vitest";
import { fromJSON, type NodeJSON, SymtapeError } from "../../src/expr/index.ts";

/** What is wrong, the data, the place that the error names, and what it says. */
export type Damage = readonly [title: string, json: unknown, path: string, message: RegExp];

export const input: NodeJSON = {
  op: "input",
  version: 1,
  inputs: [],
  params: { name: "x" },
  value: { dtype: "float64", shape: [2, 3] },
};

/** A graph of an input of shape [2,3] and the given nodes, the last of them the output. */
export function graphOf(...nodes: unknown[]): unknown {
  return { version: 1, nodes: [input, ...nodes], outputs: [[nodes.length, 0]] };
}

/** An operation on the input, with settings. */
export function settings(op: string, params: unknown): unknown {
  return graphOf({ op, version: 1, inputs: [[0, 0]], params });
}

export function operation(op: unknown, inputs: unknown = [[0, 0]], rest: object = {}): unknown {
  return graphOf({ op, version: 1, inputs, ...rest });
}

export function constant(value: unknown): unknown {
  return operation("constant", [], { value });
}

/** An array in an array in an array … */
export function nested(depth: number): unknown {
  let list: unknown = 1;
  for (let i = 0; i < depth; i++) list = [list];
  return list;
}

export function expectRefusal(json: unknown, path: string, message: RegExp): void {
  let error: unknown;
  try {
    fromJSON(json);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(SymtapeError);
  const refusal = error as SymtapeError<"format">;
  expect(refusal.kind).toBe("format");
  expect(refusal.data.path).toBe(path);
  expect(refusal.message).toMatch(message);
}
