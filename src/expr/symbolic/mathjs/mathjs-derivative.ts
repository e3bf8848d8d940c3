// mathjs's own derivative of a formula: the second opinion beside the rules of this library.

import { closestName, SymtapeError } from "../../errors.ts";
import { type Formula, isFormula } from "../../formula.ts";
import { parse } from "../reading/parse.ts";
import { tidy } from "../simplify/tidy.ts";
import { symbolTex } from "../writing/symbol-tex.ts";
import { type MathNode, mathjs, syntaxOf } from "./mathjs.ts";
import { toMathjs } from "./to-mathjs.ts";

/** A derivative as mathjs gave it. */
export interface MathjsDerivative {
  /** The derivative in mathjs's notation. */
  readonly text: string;
  /** The derivative in LaTeX. */
  readonly tex: string;
  /** How many nodes its tree has. */
  readonly nodes: number;
  readonly node: MathNode;
  /** Its value, computed by mathjs. */
  evaluate(point: Readonly<Record<string, number>>): number;
}

const MAXIMUM_ORDER = 20;

/** How many nodes a derivative may have before it is differentiated again. */
const MAXIMUM_NODES = 200_000;

/**
 * The derivative of a scalar formula by one input as mathjs derives it, an independent witness: its few wrong
 * answers (acoth, cbrt of negative numbers) are shown as they are. Functions that mathjs does not know are
 * written out first, and ones and zeros are cleared away afterwards.
 *
 * @throws SymtapeError (unsupported) with mathjs's reason where it has no rule.
 * @example
 * mathjsDerivative("1 / (1 + exp(-x))", "x").text; // "exp(-x) / (1 + exp(-x)) ^ 2"
 */
export function mathjsDerivative(
  source: string | Formula,
  by: string,
  options: { readonly order?: number } = {},
): MathjsDerivative {
  const formula = isFormula(source) ? source : parse(source, { stable: false });
  const order = options.order ?? 1;
  checkRequest(formula, by, order);
  try {
    let node = toMathjs(formula, { expand: true });
    for (let i = 0; i < order; i++) node = tidy(derived(node, by));
    return describe(node);
  } catch (error) {
    throw readable(error);
  }
}

function checkRequest(formula: Formula, by: string, order: number): void {
  if (!Number.isInteger(order) || order < 1 || order > MAXIMUM_ORDER) {
    throw new SymtapeError(
      "usage",
      `mathjsDerivative: the order is a whole number from 1 to ${MAXIMUM_ORDER}, got ${order}.`,
      { operation: "mathjsDerivative" },
    );
  }
  if (!formula.names.includes(by)) {
    const suggestion = closestName(by, formula.names);
    const message =
      `mathjsDerivative: the formula has no input ${by}; it has ${formula.names.join(", ") || "none"}.` +
      (suggestion === undefined ? "" : ` Did you mean ${suggestion}?`);
    throw new SymtapeError("name", message, {
      name: by,
      ...(suggestion !== undefined && { suggestion }),
    });
  }
  const tensor = [...formula.inputs, formula.output].find((value) => value.rank > 0);
  if (tensor !== undefined) {
    throw new SymtapeError("unsupported", "mathjs: it differentiates scalars only, no tensors.", {
      operation: "tensor",
    });
  }
}

function derived(node: MathNode, by: string): MathNode {
  const size = sizeOf(node);
  if (size > MAXIMUM_NODES) {
    throw new SymtapeError("limit", `mathjs: the derivative has ${size} nodes already.`, {
      limit: "tree nodes",
      maximum: MAXIMUM_NODES,
    });
  }
  // The result of a derivation may hold one node twice, which mathjs's product rule would confuse.
  const { derivative, SymbolNode } = mathjs();
  return derivative(node.cloneDeep(), new SymbolNode(by), { simplify: false });
}

function sizeOf(node: MathNode): number {
  let size = 0;
  node.traverse(() => {
    size++;
  });
  return size;
}

/** mathjs's refusals in the words of this library. */
function readable(error: unknown): unknown {
  if (error instanceof SymtapeError) return error;
  if (error instanceof RangeError) {
    return new SymtapeError("limit", "mathjs: the formula is nested too deeply for it.", {
      limit: "nesting",
      maximum: MAXIMUM_NODES,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  const rule = /Cannot process (function|operator) "([^"]*)" in derivative/.exec(message);
  if (rule !== null) {
    const operation = rule[2] as string;
    const text = `mathjs: it has no rule for the derivative of the ${rule[1]} ${operation}.`;
    return new SymtapeError("unsupported", text, { operation });
  }
  const kind = /ConditionalNode|RelationalNode|ArrayNode|AccessorNode/.exec(message)?.[0];
  const operation = kind === "ConditionalNode" ? "? :" : (kind ?? "derivative");
  const text = `mathjs: it has no rule for the derivative of ${operation}. ${message.slice(0, 120)}`;
  return new SymtapeError("unsupported", text, { operation });
}

function describe(node: MathNode): MathjsDerivative {
  let compiled: { evaluate(scope: Map<string, number>): unknown } | undefined;
  return {
    text: node.toString(),
    tex: node.toTex({ handler: texOfSymbol }).replace(/(^|[{(+-]) +(?=\S)| +(?=\\)/g, "$1"),
    nodes: sizeOf(node),
    node,
    evaluate: (point) => {
      try {
        compiled ??= node.compile() as unknown as NonNullable<typeof compiled>;
        return Number(compiled.evaluate(new Map(Object.entries(point))));
      } catch (error) {
        throw readable(error);
      }
    },
  };
}

/** Names in LaTeX; everything else is left to mathjs. */
function texOfSymbol(node: MathNode): string | undefined {
  const syntax = syntaxOf(node);
  return syntax.type === "SymbolNode" ? ` ${symbolTex(syntax.name)}` : undefined;
}
