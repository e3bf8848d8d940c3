// Turns mathjs's tree into steps, without recursion, and finds each node's place among the tokens.

import type { SymtapeError } from "../../errors.ts";
import { type MathNode, type SyntaxNode, syntaxOf } from "../mathjs/mathjs.ts";
import { type NodeOf, OperatorCompiler } from "./compile-operators.ts";
import type { Definition, Program } from "./program.ts";
import type { Token } from "./scan.ts";
import type { Source } from "./source.ts";

/**
 * Reads a tree. mathjs's nodes do not know where they stood, but a walk in the order of the text meets the
 * tokens in the order of the text: every node takes its own. A tree without tokens has no places.
 */
export function compile(node: MathNode, tokens: readonly Token[], source: Source): Program {
  return new Compiler(tokens, source).run(node);
}

class Compiler extends OperatorCompiler {
  /** The axis of the place that is being read, innermost index last. */
  readonly #axes: number[] = [];
  readonly #names = new Set<string>();
  readonly #assigned = new Set<string>();
  #inDefinition = false;
  #last: Definition | undefined;

  run(node: MathNode): Program {
    const root = syntaxOf(node);
    const nodes = root.type === "BlockNode" ? root.blocks.map((block) => block.node) : [node];
    this.planAll(
      nodes.flatMap((statement) => [() => this.skipSeparators(), () => this.#statement(statement)]),
    );
    this.runTasks();
    return {
      source: this.source,
      steps: this.steps,
      names: [...this.#names],
      assigned: this.#assigned,
      last: this.#last,
    };
  }

  #statement(node: MathNode): void {
    const syntax = syntaxOf(node);
    this.#last = undefined;
    this.begin();
    if (syntax.type === "FunctionAssignmentNode") this.#define(syntax);
    else this.plan(this.visit(node), () => this.emit({ kind: "statement" }));
  }

  protected override enter(node: MathNode): void {
    this.begin();
    const syntax = syntaxOf(node);
    switch (syntax.type) {
      case "ConstantNode":
        this.#constant(syntax);
        break;
      case "SymbolNode":
        this.symbol(syntax.name, false);
        break;
      case "OperatorNode":
        this.operator(syntax);
        break;
      case "ParenthesisNode":
        this.#parenthesis(syntax);
        break;
      case "FunctionNode":
        this.#call(syntax);
        break;
      case "ArrayNode":
        this.#array(syntax);
        break;
      case "AccessorNode":
        this.#accessor(syntax);
        break;
      case "ConditionalNode":
        this.conditional(syntax);
        break;
      case "RelationalNode":
        this.relational(syntax);
        break;
      case "RangeNode":
        this.#range(syntax);
        break;
      case "AssignmentNode":
        this.#assignment(syntax);
        break;
      default:
        throw this.#refusal(syntax);
    }
  }

  #refusal({ type }: SyntaxNode): SymtapeError {
    if (type === "FunctionAssignmentNode") {
      const hint = "Define it in a line of its own.";
      return this.unsupported("a function inside an expression", hint);
    }
    if (type === "ObjectNode") {
      return this.unsupported("an object { … }", "Use a matrix [ … ] or names.");
    }
    return this.unsupported(`a ${type}`, "Write it with operators.");
  }

  #constant({ value }: NodeOf<"ConstantNode">): void {
    if (typeof value === "number" || typeof value === "boolean") {
      this.takeOperand();
      this.emit({ kind: "number", value });
    } else if (typeof value === "string") {
      this.takeOperand();
      this.emit({ kind: "text", value });
    } else if (this.atEnd()) {
      throw this.fail("syntax", "the formula is empty.", "parse");
    } else throw this.unsupported(String(value), "Leave it out, or use NaN.");
  }

  protected override symbol(name: string, unit: boolean): void {
    const axis = this.#axes.at(-1);
    if (name === "end" && axis !== undefined) {
      this.take("end");
      this.emit({ kind: "last", axis });
    } else {
      this.takeOperand();
      this.#names.add(name);
      this.emit({ kind: "name", name, unit });
    }
  }

  #parenthesis({ content }: NodeOf<"ParenthesisNode">): void {
    this.take("(");
    // The value's place is that of its content: brackets build no node.
    this.plan(this.visit(content), () => {
      this.take(")");
      this.dropStart();
    });
  }

  #call({ fn, args }: NodeOf<"FunctionNode">): void {
    const callee = syntaxOf(fn);
    if (callee.type !== "SymbolNode") {
      throw this.fail(
        "name",
        "a property cannot be called: functions have plain names.",
        "property access",
      );
    }
    const { name } = callee;
    this.takeOperand();
    this.take("(");
    this.planList(this.list(args, ","), () => {
      this.take(")");
      this.emit({ kind: "call", name, count: args.length });
    });
  }

  #array({ items }: NodeOf<"ArrayNode">): void {
    this.skipNewlines();
    const rows = this.hasRows();
    this.take("[");
    const list = rows
      ? items.flatMap((row) => [() => this.take(";"), () => this.#row(row)])
      : this.list(items, ",");
    this.planList(list, () => {
      this.take(rows ? ";" : ",");
      this.take("]");
      this.emit({ kind: "array", count: items.length });
    });
  }

  #row(row: MathNode): void {
    const syntax = syntaxOf(row);
    if (syntax.type !== "ArrayNode") throw new TypeError("a row is a list");
    this.begin();
    this.planList(this.list(syntax.items, ","), () => {
      this.take(",");
      this.emit({ kind: "array", count: syntax.items.length });
    });
  }

  #accessor({ object, index }: NodeOf<"AccessorNode">): void {
    const places = syntaxOf(index);
    if (places.type !== "IndexNode" || places.dotNotation) {
      const message = "properties cannot be read: a formula has numbers and tensors only.";
      throw this.fail("name", message, "property access");
    }
    const { dimensions } = places;
    const visits = dimensions.flatMap((place, axis) => [
      () => this.take(axis === 0 ? "[" : ","),
      () => this.#axes.push(axis),
      this.visit(place),
      () => this.#axes.pop(),
    ]);
    const open = (): void => {
      this.repeatStart();
      this.emit({ kind: "open" });
    };
    this.planList([this.visit(object), open, ...visits], () => {
      if (dimensions.length === 0) this.take("[");
      this.take("]");
      this.emit({ kind: "index", count: dimensions.length });
    });
  }

  #range({ start, step, end }: NodeOf<"RangeNode">): void {
    const parts = step === null ? [start, end] : [start, step, end];
    const visits = parts.flatMap((part, i) => [
      ...(i === 0 ? [] : [() => this.take(":")]),
      () => this.#bound(part, i === 0),
    ]);
    this.plan(...visits, () => this.emit({ kind: "range", count: parts.length }));
  }

  /** A bound of a range. Before `:` the first place and after it the last may be left out. */
  #bound(node: MathNode, first: boolean): void {
    const syntax = syntaxOf(node);
    if (first && syntax.type === "ConstantNode" && this.isNext(":")) {
      this.begin();
      this.emit({ kind: "number", value: syntax.value as number });
    } else this.enter(node);
  }

  #assignment({ object, index, value }: NodeOf<"AssignmentNode">): void {
    const target = syntaxOf(object);
    if (index !== null || target.type !== "SymbolNode") {
      throw this.unsupported("assigning to a part of a tensor", "Build a new one: [ … ].");
    }
    if (this.#inDefinition) {
      throw this.unsupported("an assignment inside a function", "Assign in a line of its own.");
    }
    const { name } = target;
    this.takeOperand();
    this.take("=");
    this.#names.add(name);
    this.#assigned.add(name);
    this.plan(this.visit(value), () => this.emit({ kind: "assign", name }));
  }

  #define({ name, params, expr }: NodeOf<"FunctionAssignmentNode">): void {
    this.takeOperand();
    this.take("(");
    for (const parameter of params) {
      this.takeOperand();
      this.take(",");
      this.#names.add(parameter);
    }
    this.take(")");
    this.take("=");
    this.#assigned.add(name);
    const outer = this.steps;
    this.steps = [];
    this.#inDefinition = true;
    this.plan(this.visit(expr), () => {
      const definition: Definition = { name, parameters: params, steps: this.steps };
      this.steps = outer;
      this.#inDefinition = false;
      this.#last = definition;
      this.emit({ kind: "define", definition });
    });
  }
}
