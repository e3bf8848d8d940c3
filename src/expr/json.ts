// Expressions as JSON: a flat list of nodes, each after its inputs, and a reader that trusts nothing.

import { type SourcePosition, SymtapeError } from "./errors.ts";
import { type Formula, isFormula } from "./formula.ts";
import { Graph, type Node, reachable, SymbolicTensor } from "./graph.ts";
import {
  arrayAt,
  checkType,
  constantToJSON,
  formatError,
  objectAt,
  readConstant,
  readParams,
  readPosition,
  readType,
  stringAt,
  typeToJSON,
  type ValueJSON,
  wholeAt,
} from "./json-values.ts";
import { NO_PARAMS, type Op, type Params } from "./op.ts";
import { allOps } from "./ops/index.ts";
import { constantOp, inputOp } from "./ops/leaves.ts";
import type { Tensor } from "./tensor.ts";

/** A value of a stored graph: the place of its node in `nodes`, and which output of it. */
export type OutputJSON = readonly [node: number, output: number];

/** One node of a stored graph. */
export interface NodeJSON {
  readonly op: string;
  readonly version: number;
  readonly inputs: readonly OutputJSON[];
  readonly params?: Params;
  /** The type of an input, the data of a constant. */
  readonly value?: ValueJSON;
  /** What the outputs are called in the text, null for those without a name. */
  readonly names?: readonly (string | null)[];
  readonly position?: SourcePosition;
}

/** A stored graph. Nodes stand after their inputs. */
export interface GraphJSON {
  readonly version: 1;
  readonly nodes: readonly NodeJSON[];
  readonly outputs: readonly OutputJSON[];
}

/**
 * An expression as plain data for `JSON.stringify`. NaN, infinities and −0 are kept, as are names and
 * places in the source text.
 *
 * @example
 * toJSON(symbol("x")).nodes[0]?.op; // "input"
 */
export function toJSON(expression: Tensor | Formula): GraphJSON {
  const isCall = isFormula(expression);
  const output = isCall ? expression.output : symbolic(expression);
  const nodes = reachable(isCall ? [output, ...expression.inputs] : [output]);
  const names = new Map(output.node.graph.names);
  if (isCall) for (const [name, value] of expression.definitions) names.set(value, name);
  const places = new Map(nodes.map((node, place) => [node, place]));
  const reference = ({ node, index }: SymbolicTensor): OutputJSON => [
    places.get(node) as number,
    index,
  ];
  return {
    version: 1,
    nodes: nodes.map((node) => nodeToJSON(node, reference, names)),
    outputs: [reference(output)],
  };
}

function symbolic(expression: Tensor): SymbolicTensor {
  return expression instanceof SymbolicTensor ? expression : new Graph().constant(expression);
}

function nodeToJSON(
  node: Node,
  reference: (value: SymbolicTensor) => OutputJSON,
  names: ReadonlyMap<SymbolicTensor, string>,
): NodeJSON {
  if (node.op.version === 0) {
    throw new SymtapeError(
      "unsupported",
      `toJSON: ${node.op.name} holds functions of this program, which have no form as data. Store the formula ` +
        "without it, or its parameters alone.",
      { operation: "toJSON" },
    );
  }
  const { op, params, value, outputs } = node;
  const position = node.graph.positions.get(node);
  const named = outputs.some((output) => names.has(output));
  const stored = value ? constantToJSON(value) : undefined;
  const type = op === inputOp ? typeToJSON(outputs[0] as SymbolicTensor) : stored;
  return {
    op: op.name,
    version: op.version,
    inputs: node.inputs.map(reference),
    ...(Object.keys(params).length > 0 && { params }),
    ...(type !== undefined && { value: type }),
    ...(named && { names: outputs.map((output) => names.get(output) ?? null) }),
    ...(position !== undefined && { position }),
  };
}

/**
 * Reads what {@link toJSON} wrote, as an expression of a graph of its own. Everything is checked and
 * nothing is computed, so the data may come from anywhere.
 *
 * @param ops the operations that may occur, all unless given
 * @throws SymtapeError (format) naming the place, if the data is damaged, foreign or too new.
 * @example
 * toFormula(fromJSON(toJSON(multiply(symbol("x"), 2))))({ x: 4 }).item(); // 8
 */
export function fromJSON(json: unknown, ops: ReadonlyMap<string, Op> = allOps()): SymbolicTensor {
  const fields = objectAt(json, "the root", ["version", "nodes", "outputs"]);
  checkVersion("version", fields.version, 1, "this graph");
  const graph = new Graph();
  const made: (readonly SymbolicTensor[])[] = [];
  for (const [place, node] of arrayAt(fields.nodes, "nodes").entries()) {
    made.push(readNode(graph, node, `nodes[${place}]`, made, ops));
  }
  const outputs = arrayAt(fields.outputs, "outputs");
  if (outputs.length !== 1) {
    throw formatError("outputs", `an expression has one output, got ${outputs.length}`);
  }
  return readOutput(outputs[0], "outputs[0]", made);
}

const NODE_FIELDS = ["op", "version", "inputs", "params", "value", "names", "position"];

function readNode(
  graph: Graph,
  json: unknown,
  path: string,
  made: readonly (readonly SymbolicTensor[])[],
  ops: ReadonlyMap<string, Op>,
): readonly SymbolicTensor[] {
  const fields = objectAt(json, path, NODE_FIELDS);
  const name = stringAt(fields.op, `${path}.op`);
  const op = ops.get(name);
  if (op === undefined) {
    throw formatError(`${path}.op`, `there is no operation ${JSON.stringify(name.slice(0, 40))}`);
  }
  checkVersion(`${path}.version`, fields.version, op.version, name);
  const inputs = arrayAt(fields.inputs, `${path}.inputs`).map((input, i) =>
    readOutput(input, `${path}.inputs[${i}]`, made),
  );
  if (op.inputs.at(-1)?.endsWith("…") !== true && inputs.length !== op.inputs.length) {
    throw formatError(
      `${path}.inputs`,
      `${name} takes ${op.inputs.length} inputs, got ${inputs.length}`,
    );
  }
  const params =
    fields.params === undefined ? NO_PARAMS : readParams(fields.params, `${path}.params`);
  if (op !== inputOp && op !== constantOp && fields.value !== undefined) {
    throw formatError(
      `${path}.value`,
      `${name} is computed; only inputs and constants hold a value`,
    );
  }
  const outputs = build(graph, op, inputs, params, fields.value, path);
  outputs.forEach((output, i) => {
    checkType(output, `${path} (output ${i})`);
  });
  if (fields.names !== undefined) readNames(graph, fields.names, outputs, `${path}.names`);
  if (fields.position !== undefined) {
    graph.locate(outputs[0] as SymbolicTensor, readPosition(fields.position, `${path}.position`));
  }
  return outputs;
}

function build(
  graph: Graph,
  op: Op,
  inputs: readonly SymbolicTensor[],
  params: Params,
  value: unknown,
  path: string,
): readonly SymbolicTensor[] {
  if (op === constantOp) {
    const name =
      params.name === undefined ? undefined : stringAt(params.name, `${path}.params.name`);
    return [graph.constant(readConstant(value, `${path}.value`), name)];
  }
  try {
    if (op !== inputOp) return graph.apply(op, inputs, params);
    const { shape, dtype } = readType(value, `${path}.value`);
    return [graph.input(stringAt(params.name, `${path}.params.name`), shape, dtype)];
  } catch (error) {
    if (error instanceof SymtapeError && error.kind === "format") throw error;
    // A rule of shapes that met settings it could not read fails in its own way.
    const message = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw formatError(path, `${op.name} does not fit its inputs and settings: ${message}`);
  }
}

function readOutput(
  json: unknown,
  path: string,
  made: readonly (readonly SymbolicTensor[])[],
): SymbolicTensor {
  const pair = arrayAt(json, path);
  if (pair.length !== 2) throw formatError(path, "expected [node, output]");
  const outputs = made[
    wholeAt(pair[0], `${path}[0]`, made.length - 1)
  ] as readonly SymbolicTensor[];
  return outputs[wholeAt(pair[1], `${path}[1]`, outputs.length - 1)] as SymbolicTensor;
}

function readNames(
  graph: Graph,
  json: unknown,
  outputs: readonly SymbolicTensor[],
  path: string,
): void {
  const names = arrayAt(json, path);
  if (names.length !== outputs.length) {
    throw formatError(path, `${outputs.length} outputs and ${names.length} names`);
  }
  outputs.forEach((output, i) => {
    if (names[i] !== null) graph.name(output, stringAt(names[i], `${path}[${i}]`));
  });
}

function checkVersion(path: string, found: unknown, known: number, what: string): void {
  if (found === known) return;
  const version = typeof found === "number" ? found : `of type ${typeof found}`;
  const age =
    typeof found === "number" && found > known ? "a newer symtape wrote it" : "it cannot be read";
  throw formatError(path, `${what} has version ${version}, known is ${known}; ${age}`);
}
