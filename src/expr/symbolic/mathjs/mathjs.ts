// The one mathjs of the library: its parser, its derivative and the nodes they speak in, made on first use.

import {
  absDependencies,
  acosDependencies,
  acoshDependencies,
  acotDependencies,
  acothDependencies,
  acscDependencies,
  acschDependencies,
  addDependencies,
  andDependencies,
  asecDependencies,
  asechDependencies,
  asinDependencies,
  asinhDependencies,
  atan2Dependencies,
  atanDependencies,
  atanhDependencies,
  cbrtDependencies,
  ceilDependencies,
  cosDependencies,
  coshDependencies,
  cotDependencies,
  cothDependencies,
  create,
  cscDependencies,
  cschDependencies,
  derivativeDependencies,
  divideDependencies,
  eDependencies,
  equalDependencies,
  erfDependencies,
  expDependencies,
  type FactoryFunctionMap,
  floorDependencies,
  gammaDependencies,
  largerDependencies,
  largerEqDependencies,
  lgammaDependencies,
  log10Dependencies,
  logDependencies,
  type MathNode,
  maxDependencies,
  minDependencies,
  modDependencies,
  multiplyDependencies,
  notDependencies,
  orDependencies,
  parseDependencies,
  piDependencies,
  powDependencies,
  roundDependencies,
  secDependencies,
  sechDependencies,
  signDependencies,
  sinDependencies,
  sinhDependencies,
  smallerDependencies,
  smallerEqDependencies,
  sqrtDependencies,
  subtractDependencies,
  tanDependencies,
  tanhDependencies,
  unaryMinusDependencies,
  unaryPlusDependencies,
  unequalDependencies,
  xorDependencies,
} from "mathjs/number";
import { isLetter } from "../reading/letters.ts";

export type { MathNode };

/** The node kinds of mathjs, with the fields that are read here. */
export type SyntaxNode =
  | { readonly type: "AccessorNode"; readonly object: MathNode; readonly index: MathNode }
  | { readonly type: "ArrayNode"; readonly items: readonly MathNode[] }
  | {
      readonly type: "AssignmentNode";
      readonly object: MathNode;
      readonly index: MathNode | null;
      readonly value: MathNode;
    }
  | { readonly type: "BlockNode"; readonly blocks: readonly { readonly node: MathNode }[] }
  | {
      readonly type: "ConditionalNode";
      readonly condition: MathNode;
      readonly trueExpr: MathNode;
      readonly falseExpr: MathNode;
    }
  | { readonly type: "ConstantNode"; readonly value: unknown }
  | {
      readonly type: "FunctionAssignmentNode";
      readonly name: string;
      readonly params: readonly string[];
      readonly expr: MathNode;
    }
  | { readonly type: "FunctionNode"; readonly fn: MathNode; readonly args: readonly MathNode[] }
  | {
      readonly type: "IndexNode";
      readonly dimensions: readonly MathNode[];
      readonly dotNotation: boolean;
    }
  | { readonly type: "ObjectNode" }
  | {
      readonly type: "OperatorNode";
      readonly op: string;
      readonly fn: string;
      readonly args: readonly MathNode[];
      readonly implicit: boolean;
      readonly isPercentage?: boolean;
    }
  | { readonly type: "ParenthesisNode"; readonly content: MathNode }
  | {
      readonly type: "RangeNode";
      readonly start: MathNode;
      readonly end: MathNode;
      readonly step: MathNode | null;
    }
  | {
      readonly type: "RelationalNode";
      readonly conditionals: readonly string[];
      readonly params: readonly MathNode[];
    }
  | { readonly type: "SymbolNode"; readonly name: string };

/** A mathjs node as one of the kinds above. */
export function syntaxOf(node: MathNode): SyntaxNode {
  return node as unknown as SyntaxNode;
}

/** What of mathjs is used. */
interface Mathjs {
  parse(text: string): MathNode;
  derivative(node: MathNode, by: MathNode, options: { readonly simplify: boolean }): MathNode;
  readonly ArrayNode: new (items: MathNode[]) => MathNode;
  readonly ConditionalNode: new (condition: MathNode, yes: MathNode, no: MathNode) => MathNode;
  readonly ConstantNode: new (value: unknown) => MathNode;
  readonly FunctionNode: new (fn: MathNode, args: MathNode[]) => MathNode;
  readonly OperatorNode: new (op: string, fn: string, args: MathNode[]) => MathNode;
  readonly SymbolNode: new (name: string) => MathNode;
}

let instance: Mathjs | undefined;

/** The instance, on plain numbers and without matrices. */
export function mathjs(): Mathjs {
  instance ??= createInstance();
  return instance;
}

function createInstance(): Mathjs {
  const made = create({
    ...language,
    ...functions,
  } as unknown as FactoryFunctionMap) as unknown as Mathjs;
  const { parse } = made as unknown as {
    parse: { isAlpha: (c: string, previous: string, next: string) => boolean };
  };
  parse.isAlpha = isLetter;
  return made;
}

const language = {
  addDependencies,
  andDependencies,
  derivativeDependencies,
  divideDependencies,
  eDependencies,
  equalDependencies,
  largerDependencies,
  largerEqDependencies,
  multiplyDependencies,
  notDependencies,
  orDependencies,
  parseDependencies,
  piDependencies,
  powDependencies,
  smallerDependencies,
  smallerEqDependencies,
  subtractDependencies,
  unaryMinusDependencies,
  unaryPlusDependencies,
  unequalDependencies,
  xorDependencies,
};

const functions = {
  absDependencies,
  acosDependencies,
  acoshDependencies,
  acotDependencies,
  acothDependencies,
  acscDependencies,
  acschDependencies,
  asecDependencies,
  asechDependencies,
  asinDependencies,
  asinhDependencies,
  atan2Dependencies,
  atanDependencies,
  atanhDependencies,
  cbrtDependencies,
  ceilDependencies,
  cosDependencies,
  coshDependencies,
  cotDependencies,
  cothDependencies,
  cscDependencies,
  cschDependencies,
  erfDependencies,
  expDependencies,
  floorDependencies,
  gammaDependencies,
  lgammaDependencies,
  log10Dependencies,
  logDependencies,
  maxDependencies,
  minDependencies,
  modDependencies,
  roundDependencies,
  secDependencies,
  sechDependencies,
  signDependencies,
  sinDependencies,
  sinhDependencies,
  sqrtDependencies,
  tanDependencies,
  tanhDependencies,
};
