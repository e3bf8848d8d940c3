// From an operation's notation to what the printer needs: a template, its strength, its operands' strength.

import type { SymbolicTensor } from "../../graph.ts";
import { type Notation, type NotedCall, PRECEDENCE } from "../../op.ts";
import { maximum, minimum } from "../../ops/comparison.ts";
import { inputOp } from "../../ops/leaves.ts";
import { stackOp } from "../../ops/movement/indexing.ts";
import { isMistakableForAxis } from "../ambiguity.ts";
import { partName } from "../parts.ts";
import { matrixText } from "./matrix-text.ts";
import type { Written } from "./printer.ts";

/** The notation of the node that makes `value`, with the operands that it is written from. */
export interface Noted {
  readonly notation: Notation;
  readonly operands: readonly SymbolicTensor[];
  readonly call: NotedCall;
}

/** How the node of `value` is noted, together with the operation below it where the two are written as one. */
export function notedOf(value: SymbolicTensor): Noted {
  const { op, inputs, params } = value.node;
  const call = callOf(value);
  const inner = inputs[0]?.node;
  const fused =
    op.notation.fused && inner?.outputs.length === 1
      ? op.notation.fused(call, inner.op, callOf(inner.outputs[0] as SymbolicTensor))
      : undefined;
  if (fused === undefined || inner === undefined) {
    return { notation: op.notation, operands: inputs, call: { params, shapes: call.shapes } };
  }
  return {
    notation: fused,
    operands: inner.inputs,
    call: callOf(inner.outputs[0] as SymbolicTensor),
  };
}

function callOf(value: SymbolicTensor): NotedCall {
  const { params, inputs } = value.node;
  return { params, shapes: inputs.map((input) => input.shape) };
}

/** `#0`, `#1` … for the operands. */
export function placeholders(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `#${i}`);
}

/** The strength that the operands of an operator need, by how it groups. */
export function operatorMinimum(notation: Notation): readonly number[] {
  const own = notation.precedence ?? PRECEDENCE.atom;
  switch (notation.kind) {
    case "infix": {
      if (notation.associative === "right") return [own + 1, PRECEDENCE.prefix];
      return notation.associative === "none" ? [own + 1, own + 1] : [own, own + 1];
    }
    case "conditional":
      return [own + 1, own + 1, own];
    case "prefix":
    case "postfix":
      return [own];
    default:
      return [];
  }
}

/** How an operation is written in the formula language. */
export function writeText(value: SymbolicTensor): Written {
  const { op, inputs } = value.node;
  const special = matrixText(value);
  if (special !== undefined) return special;
  const { fused, kind: plain } = op.notation;
  if (fused === undefined && plain !== "call" && plain !== "custom") {
    return operatorText(op.notation, inputs);
  }
  const { notation, operands, call } = notedOf(value);
  const { kind } = notation;
  const own = notation.precedence ?? PRECEDENCE.atom;
  const texts = placeholders(operands.length);
  if (kind === "call") {
    const part = partName(op, value.index);
    const list = notation.arguments?.(texts, call) ?? texts;
    return callText(
      nameOfCall(value),
      part === undefined ? list : [...list, `"${part}"`],
      operands,
    );
  }
  if (kind === "custom") {
    if (value.node.op === stackOp && !dependsOnInput(operands)) {
      return callText("stack", texts, operands);
    }
    const template = notation.text?.(texts, call) ?? notation.symbol;
    // A text such as transpose(x, [2, 1, 3]) keeps its operands apart by itself.
    const strength = template.startsWith("#") ? (notation.operandPrecedence ?? 0) : 0;
    return { template, operands, precedence: own, minimum: operands.map(() => strength) };
  }
  return operatorText(notation, operands);
}

/** max(x, 1) of a tensor could mean its axis: then the name says that it works element by element. */
function nameOfCall({ node: { op, inputs } }: SymbolicTensor): string {
  if (op !== maximum.op && op !== minimum.op) return op.notation.symbol;
  const [first, second] = inputs as readonly [SymbolicTensor, SymbolicTensor];
  return isMistakableForAxis(first, second) ? op.name : op.notation.symbol;
}

function operatorText(notation: Notation, operands: readonly SymbolicTensor[]): Written {
  const { kind, precedence } = notation;
  return {
    template: operatorTemplate(notation, operands),
    operands,
    precedence: precedence ?? PRECEDENCE.atom,
    minimum: isMinusNumber(notation, operands) ? [PRECEDENCE.atom + 1] : operatorMinimum(notation),
    prefix: kind === "prefix",
    chains: kind === "infix" && notation.associative === undefined,
  };
}

function callText(
  name: string,
  list: readonly string[],
  operands: readonly SymbolicTensor[],
): Written {
  const template = `${name}(${list.join(", ")})`;
  return { template, operands, precedence: PRECEDENCE.atom, minimum: [] };
}

/** A list in brackets that depends on no input is read as one constant. */
function dependsOnInput(values: readonly SymbolicTensor[]): boolean {
  const work = values.map((value) => value.node);
  const seen = new Set(work);
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if (node.op === inputOp) return true;
    for (const { node: below } of node.inputs) {
      if (!seen.has(below)) work.push(below);
      seen.add(below);
    }
  }
  return false;
}

/** `-(3)`, which is not the number -3. */
function isMinusNumber({ symbol, kind }: Notation, operands: readonly SymbolicTensor[]): boolean {
  const { value, params } = (operands[0] as SymbolicTensor).node;
  return kind === "prefix" && symbol === "-" && value?.rank === 0 && params.name === undefined;
}

function operatorTemplate(notation: Notation, operands: readonly SymbolicTensor[]): string {
  switch (notation.kind) {
    case "prefix":
      return `${notation.symbol}#0`;
    case "postfix":
      return `#0${notation.symbol}`;
    case "conditional":
      return "#0 ? #1 : #2";
    default:
      return `#0 ${operatorSymbol(notation, operands)} #1`;
  }
}

function operatorSymbol(notation: Notation, operands: readonly SymbolicTensor[]): string {
  const [left, right] = operands.map((operand) => operand.rank > 0);
  const elementwise = {
    both: left && right,
    right,
    either: left || right,
    none: false,
  }[notation.elementwise === undefined ? "none" : (notation.elementwiseFor ?? "both")];
  return (elementwise ? notation.elementwise : undefined) ?? notation.symbol;
}
