// Reads the operators of mathjs's tree: sums and products, signs, choices and comparisons.

import { type MathNode, type SyntaxNode, syntaxOf } from "../mathjs/mathjs.ts";
import { UNSUPPORTED_OPERATORS } from "./names.ts";
import { StepWriter } from "./step-writer.ts";

export type NodeOf<Type extends SyntaxNode["type"]> = Extract<SyntaxNode, { readonly type: Type }>;

export abstract class OperatorCompiler extends StepWriter {
  /** Reads a name; `unit` tells that it stands behind a number. */
  protected abstract symbol(name: string, unit: boolean): void;

  protected operator(node: NodeOf<"OperatorNode">): void {
    const { op, fn, args } = node;
    const left = args[0] as MathNode;
    const hint = UNSUPPORTED_OPERATORS.get(fn);
    if (hint !== undefined) {
      throw this.unsupported(`the operator ${op}`, hint);
    }
    const part = partOf(node);
    if (node.isPercentage === true) {
      this.plan(this.visit(left), () => this.take("%"), ...this.#hundredth());
    } else if (part !== undefined) {
      const emit = (): void => this.emit({ kind: "percent", name: fn });
      this.plan(this.visit(left), () => this.take(op), this.visit(part), emit);
    } else if (args.length === 2) {
      this.pushTasks(
        () => this.emit({ kind: "operator", name: fn, count: 2, chained: isChained(node) }),
        this.#visitFactor(node, args[1] as MathNode),
        () => node.implicit || this.take(op),
        this.visit(left),
      );
    } else if (args.length > 2) {
      const emit = (): void => this.emit({ kind: "operator", name: fn, count: args.length });
      this.planList(this.list(args, op), emit);
    } else if (fn === "unaryMinus" && isNumber(left)) {
      this.take(op);
      this.takeOperand();
      this.emit({ kind: "number", value: -left.value });
    } else {
      const postfix = op === "!" || op === "'";
      const take = (): void => this.take(op);
      const emit = (): void => this.emit({ kind: "operator", name: fn, count: 1 });
      if (postfix) this.plan(this.visit(left), take, emit);
      else this.plan(take, this.visit(left), emit);
    }
  }

  /** The right factor of an implicit product: behind a number it might be meant as a unit. */
  #visitFactor({ implicit, args }: NodeOf<"OperatorNode">, factor: MathNode): () => void {
    const syntax = syntaxOf(factor);
    const first = syntaxOf(args[0] as MathNode);
    if (!implicit || syntax.type !== "SymbolNode" || first.type !== "ConstantNode") {
      return this.visit(factor);
    }
    return () => {
      this.begin();
      this.symbol(syntax.name, true);
    };
  }

  #hundredth(): (() => void)[] {
    return [
      () => {
        this.repeatStart();
        this.emit({ kind: "number", value: 100 });
        this.emit({ kind: "operator", name: "divide", count: 2 });
      },
    ];
  }

  protected conditional({ condition, trueExpr, falseExpr }: NodeOf<"ConditionalNode">): void {
    this.plan(
      this.visit(condition),
      () => this.take("?"),
      this.visit(trueExpr),
      () => this.take(":"),
      this.visit(falseExpr),
      () => this.emit({ kind: "operator", name: "where", count: 3 }),
    );
  }

  protected relational({ conditionals, params }: NodeOf<"RelationalNode">): void {
    const visits = params.flatMap((operand, i) =>
      i === 0 ? [this.visit(operand)] : [() => this.takeAny(), this.visit(operand)],
    );
    this.planList(visits, () => this.emit({ kind: "chain", comparisons: conditionals }));
  }
}

/** Whether a product goes on from a product, or from a sign, that stands there without brackets. */
function isChained({ fn, args }: NodeOf<"OperatorNode">): boolean {
  const left = syntaxOf(args[0] as MathNode);
  const continues = left.type === "OperatorNode" && CONTINUED.has(left.fn);
  return fn === "multiply" && continues;
}

const CONTINUED: ReadonlySet<string> = new Set(["multiply", "unaryMinus"]);

/** Whether a node is a number as it is written: a minus before it belongs to it. */
function isNumber(node: MathNode): node is MathNode & { readonly value: number } {
  const syntax = syntaxOf(node);
  return syntax.type === "ConstantNode" && typeof syntax.value === "number";
}

/** In `x + 10%` mathjs writes x twice, as x + x * 10%: the part that is added, if it is such a sum. */
function partOf({ fn, args }: NodeOf<"OperatorNode">): MathNode | undefined {
  if ((fn !== "add" && fn !== "subtract") || args.length !== 2) return undefined;
  const right = syntaxOf(args[1] as MathNode);
  if (right.type !== "OperatorNode" || right.fn !== "multiply") return undefined;
  const [same, part] = right.args as readonly [MathNode, MathNode];
  const percentage = syntaxOf(part);
  const isPart = percentage.type === "OperatorNode" && percentage.isPercentage === true;
  return isPart && same === args[0] ? part : undefined;
}
