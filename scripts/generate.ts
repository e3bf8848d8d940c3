// Writes src/expr/ops/pointwise.gen.ts: every pointwise operation's formula and derivatives as code.
// A derivative given as "mathjs" is derived here, by mathjs, so that its answer stands in review.
// With --check nothing is written, and a stale file is an error.

import { readFileSync, writeFileSync } from "node:fs";
import { all, create, type FactoryFunctionMap, type MathNode } from "mathjs";
import * as elementary from "../src/expr/kernels/elementary.ts";
import * as erf from "../src/expr/kernels/erf.ts";
import * as gamma from "../src/expr/kernels/gamma.ts";
import type { PointwiseOp } from "../src/expr/ops/pointwise.ts";
import { pointwiseFunctions } from "../src/expr/ops/tensor-arithmetic.ts";
import {
  choosesZero,
  type EmitContext,
  emitGeneric,
  emitGenericChain,
  emitNumberChain,
} from "./generate/emit.ts";

const target = new URL("src/expr/ops/pointwise.gen.ts", `file://${process.cwd()}/`);
const math = create(all as FactoryFunctionMap, { number: "BigNumber", precision: 64 });
const ops = [...pointwiseFunctions().values()]
  .map((f) => f.op)
  .sort((left, right) => (left.name < right.name ? -1 : 1));
const usedKernels = new Map<string, Set<string>>();

function numberFunction(name: string): string {
  const kernel = ops.find((op) => op.name === name)?.kernel;
  if (kernel === undefined) throw new Error(`unknown operation ${name} in a derivative`);
  for (const key of Object.getOwnPropertyNames(Math)) {
    if (Math[key as keyof Math] === (kernel as unknown)) return `Math.${key}`;
  }
  for (const [file, module] of Object.entries({ elementary, erf, gamma })) {
    for (const [key, value] of Object.entries(module)) {
      if (value !== (kernel as unknown)) continue;
      usedKernels.set(file, (usedKernels.get(file) ?? new Set()).add(key));
      return key;
    }
  }
  const known: Record<string, string> = { maximum: "Math.max", minimum: "Math.min" };
  const found = known[name];
  if (found === undefined) throw new Error(`${name} has no named kernel; write it with operators`);
  return found;
}

function contextOf(op: PointwiseOp): EmitContext {
  return {
    variables: [...op.inputs, "result"],
    numberFunction,
    constantValue: (tree) => Number(tree.evaluate()),
  };
}

/** The partial derivative by each operand, as a tree; undefined where there is none. */
function partials(op: PointwiseOp): (MathNode | "none" | undefined)[] {
  return op.inputs.map((input) => {
    if (op.derivative === "none") return undefined;
    const text = op.derivative === "mathjs" ? "mathjs" : op.derivative[input];
    if (text === undefined) throw new Error(`${op.name}: no derivative by ${input}`);
    if (text === "none") return "none";
    return text === "mathjs" ? numberDerivative(op.formula, input) : math.parse(text);
  });
}

/** mathjs's derivative, taken in the number system: its answers hold short constants such as 2. */
function numberDerivative(formula: string, by: string): MathNode {
  return create(all as FactoryFunctionMap).derivative(formula, by);
}

function names(list: readonly string[], type: string): string {
  return list.map((name) => `${name}: ${type}`).join(", ");
}

function ruleText(op: PointwiseOp): string {
  const context = contextOf(op);
  const lines = partials(op).map((tree, i) => {
    if (tree === "none")
      return { text: `by ${op.inputs[i]}: none`, any: '"none"', number: '"none"' };
    const any = tree && emitGenericChain(tree, context);
    const number = tree && emitNumberChain(tree, context);
    if (tree === undefined || any === undefined || number === undefined) {
      return { text: `by ${op.inputs[i]}: 0`, any: "undefined", number: "undefined" };
    }
    const used = ["g", ...op.inputs, "result"];
    return {
      text: `by ${op.inputs[i]}: ${tree.toString()}`,
      any: `<S>(${parameters(any, ["a", ...used], "S")}): S => ${any}`,
      number: `(${parameters(number, used, "number")}): number => ${number}`,
    };
  });
  const selections = partials(op).map(
    (tree) => tree !== undefined && tree !== "none" && choosesZero(tree),
  );
  const primitive = math.parse(op.stable);
  const self = op.stable.startsWith(`${op.name}(`) || isOperator(op);
  const composite = self
    ? "undefined"
    : `<S>(a: Arithmetic<S>, ${names(op.inputs, "S")}): S => ${emitGeneric(primitive, context)}`;
  return [
    `  // ${op.name}: ${lines.map((line) => line.text).join("; ")}`,
    `  ${op.name}: {`,
    `    partials: [${lines.map((line) => partialText(line.text)).join(", ")}],`,
    `    chain: [${lines.map((line) => line.any).join(", ")}],`,
    `    chainNumbers: [${lines.map((line) => line.number).join(", ")}],`,
    `    selects: [${selections.join(", ")}],`,
    `    composite: ${composite},`,
    "  },",
  ].join("\n");
}

function partialText(text: string): string {
  return JSON.stringify(text.slice(text.indexOf(": ") + 2));
}

/** Whether the operation is one of the operators that formulas are written with. */
function isOperator(op: PointwiseOp): boolean {
  return op.notation.kind !== "call";
}

/** Parameter names, with an underscore before those that the body does not use. */
function parameters(body: string, list: readonly string[], type: string): string {
  const lastUsed = list.reduce((last, name, i) => (usesName(body, name) ? i : last), -1);
  return list
    .slice(0, lastUsed + 1)
    .map((name) => {
      const own = name === "a" ? "Arithmetic<S>" : type;
      return `${usesName(body, name) ? "" : "_"}${name}: ${own}`;
    })
    .join(", ");
}

function usesName(body: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(body);
}

const body = ops.map(ruleText).join("\n");
const imports = [...usedKernels]
  .sort()
  .map(([file, set]) => `import { ${[...set].sort().join(", ")} } from "../kernels/${file}.ts";`);
const text = `// Made by \`npm run generate\` from the definitions of the pointwise operations. Do not edit.

import type { Arithmetic } from "../arithmetic.ts";
${imports.join("\n")}

/** The names of all pointwise operations. */
export type PointwiseName =
${ops.map((op) => `  | "${op.name}"`).join("\n")};

/** What the generator makes of one operation's texts. */
export interface PointwiseRule {
  /** The partial derivative by each operand, in the formula language. */
  readonly partials: readonly string[];
  /** By operand: the cotangent g times the partial derivative, over any arithmetic. */
  readonly chain: readonly (ChainRule | "none" | undefined)[];
  /** The same on plain numbers: (g, ...operands, result). */
  readonly chainNumbers: readonly (((...operands: number[]) => number) | "none" | undefined)[];
  /** By operand: whether the rule gives nothing where it does not apply, as the unchosen side of where. */
  readonly selects: readonly boolean[];
  /** The operation in terms of others; undefined for a primitive. */
  readonly composite: (<S>(a: Arithmetic<S>, ...operands: S[]) => S) | undefined;
}

export type ChainRule = <S>(a: Arithmetic<S>, ...operands: S[]) => S;

const square = (x: number): number => x * x;

export const rules: Readonly<Record<PointwiseName, PointwiseRule>> = {
${body}
};
`;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    process.stderr.write("src/expr/ops/pointwise.gen.ts is stale: run `npm run generate`\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}
