// Damaged nodes and references in stored graphs.

import { describe, it } from "vitest";
import { sin, symbol, toJSON } from "../../src/expr/index.ts";
import { type Damage, expectRefusal, graphOf, operation } from "./json-damage.ts";

const good = toJSON(sin(symbol("x")));
const prototype = JSON.parse('{"version":1,"__proto__":{},"nodes":[],"outputs":[]}') as unknown;
const forward = { op: "sin", version: 1, inputs: [[2, 0]] };
const newer = { op: "sin", version: 2, inputs: [[0, 0]] };

const graphs: readonly Damage[] = [
  ["nothing", undefined, "the root", /expected an object, got nothing/],
  ["a list", [], "the root", /expected an object, got an array/],
  ["a text", "{}", "the root", /expected an object/],
  ["no version", { ...good, version: undefined }, "version", /version of type undefined/],
  ["a newer version", { ...good, version: 2 }, "version", /newer symtape/],
  ["an unknown field", { ...good, run: "rm" }, "the root", /no field "run"/],
  ["a prototype key", prototype, "the root", /__proto__/],
  ["no nodes", { version: 1, outputs: [[0, 0]] }, "nodes", /expected an array/],
  ["no output", { ...good, outputs: [] }, "outputs", /one output, got 0/],
  ["two outputs", { ...good, outputs: [0, 1] }, "outputs", /one output, got 2/],
  ["an output nowhere", { ...good, outputs: [[2, 0]] }, "outputs[0][0]", /from 0 to 1, got 2/],
  ["a second output", { ...good, outputs: [[1, 1]] }, "outputs[0][1]", /from 0 to 0, got 1/],
];

const nodes: readonly Damage[] = [
  ["an unknown operation", operation("launch"), "nodes[1].op", /no operation "launch"/],
  ["the operation constructor", operation("constructor"), "nodes[1].op", /expected a name/],
  ["the operation toString", operation("toString"), "nodes[1].op", /no operation/],
  ["the operation 7", operation(7), "nodes[1].op", /expected a name, got 7/],
  ["a newer operation", graphOf(newer), "nodes[1].version", /newer/],
  ["an older operation", graphOf({ ...newer, version: 0 }), "nodes[1].version", /known is 1/],
  ["too few inputs", operation("add"), "nodes[1].inputs", /add takes 2 inputs, got 1/],
  ["too many inputs", operation("sin", [0, 0]), "nodes[1].inputs[0]", /an array/],
  [
    "two for one",
    operation("sin", [
      [0, 0],
      [0, 0],
    ]),
    "nodes[1].inputs",
    /takes 1 inputs, got 2/,
  ],
  ["a leaf with inputs", operation("constant"), "nodes[1].inputs", /takes 0 inputs/],
  ["a stack of nothing", operation("stack", []), "nodes[1]", /at least one tensor/],
  ["a cycle", operation("sin", [[1, 0]]), "nodes[1].inputs[0][0]", /from 0 to 0, got 1/],
  ["a later node", graphOf(forward, { ...newer, version: 1 }), "nodes[1].inputs[0][0]", /got 2/],
  ["a negative place", operation("sin", [[-1, 0]]), "nodes[1].inputs[0][0]", /got -1/],
  ["half a place", operation("sin", [[0.5, 0]]), "nodes[1].inputs[0][0]", /got 0.5/],
  ["a text for a place", operation("sin", [["0", 0]]), "nodes[1].inputs[0][0]", /got "0"/],
  ["half a reference", operation("sin", [[0]]), "nodes[1].inputs[0]", /\[node, output\]/],
  ["an object of inputs", operation("sin", { length: 1 }), "nodes[1].inputs", /expected an array/],
  ["a computed value", operation("sin", [[0, 0]], { value: 1 }), "nodes[1].value", /computed/],
  ["no name for an output", operation("sin", [[0, 0]], { names: [] }), "nodes[1].names", /0 names/],
  [
    "a number for a name",
    operation("sin", [[0, 0]], { names: [3] }),
    "nodes[1].names[0]",
    /a name/,
  ],
  [
    "half a position",
    operation("sin", [[0, 0]], { position: { line: 1 } }),
    "nodes[1].position.column",
    /whole number/,
  ],
];

describe("fromJSON on damaged graphs", () => {
  it.each(graphs)("%s is refused, and the error names the place", (_, json, path, message) => {
    expectRefusal(json, path, message);
  });
});

describe("fromJSON on damaged nodes", () => {
  it.each(nodes)("%s is refused, and the error names the place", (_, json, path, message) => {
    expectRefusal(json, path, message);
  });
});
