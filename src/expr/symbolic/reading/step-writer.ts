// Writes steps in the order of the text and takes each one's tokens along, for its place.

import type { SymtapeError } from "../../errors.ts";
import type { MathNode } from "../mathjs/mathjs.ts";
import type { Action, Step } from "./program.ts";
import type { Token } from "./scan.ts";
import type { Source } from "./source.ts";

/** Tasks that are still to be done, the tokens that are still to be met, and the steps so far. */
export abstract class StepWriter {
  protected readonly source: Source;
  protected steps: Step[] = [];
  readonly #tokens: readonly Token[];
  readonly #tasks: (() => unknown)[] = [];
  readonly #starts: number[] = [];
  #cursor = 0;

  constructor(tokens: readonly Token[], source: Source) {
    this.#tokens = tokens;
    this.source = source;
  }

  protected runTasks(): void {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) task();
  }

  /** Plans tasks to be done next, in the given order. */
  protected plan(...tasks: readonly (() => void)[]): void {
    this.planAll(tasks);
  }

  /** The same for a list that may be too long for the arguments of a call. */
  protected planAll(tasks: readonly (() => void)[]): void {
    for (let i = tasks.length - 1; i >= 0; i--) this.#tasks.push(tasks[i] as () => void);
  }

  /** Plans a list of tasks and one that follows them. */
  protected planList(tasks: readonly (() => void)[], last: () => void): void {
    this.#tasks.push(last);
    this.planAll(tasks);
  }

  protected skipSeparators(): void {
    while (this.isNext("\n") || this.isNext(";")) this.#cursor++;
  }

  protected isNext(text: string): boolean {
    const token = this.#tokens[this.#cursor];
    return token !== undefined && token.text === text && token.kind !== "string";
  }

  protected skipNewlines(): void {
    while (this.#tokens[this.#cursor]?.kind === "newline") this.#cursor++;
  }

  /** Takes a token of the given text; if another stands there, the place is left as it is. */
  protected take(text: string): void {
    this.skipNewlines();
    if (this.isNext(text)) this.#cursor++;
  }

  /** Takes the token of a name, number or string. */
  protected takeOperand(): void {
    this.skipNewlines();
    const kind = this.#tokens[this.#cursor]?.kind;
    if (kind !== "operator" && kind !== undefined) this.#cursor++;
  }

  protected begin(): void {
    this.skipNewlines();
    this.#starts.push(this.#tokens[this.#cursor]?.start ?? 0);
  }

  protected emit(action: Action): void {
    const start = this.#starts.pop() as number;
    const end = this.#tokens[this.#cursor - 1]?.end ?? start;
    this.steps.push({ action, start, end });
  }

  protected fail(
    kind: "syntax" | "name" | "unsupported",
    message: string,
    operation: string,
  ): SymtapeError {
    const start = this.#starts.at(-1) ?? 0;
    const end = Math.max(this.#tokens[this.#cursor]?.end ?? 0, start);
    const data = kind === "name" ? { name: operation } : { operation };
    return this.source.error(kind, message, data, start, end);
  }

  protected unsupported(what: string, hint: string): SymtapeError {
    return this.fail("unsupported", `${what} is not part of the formula language. ${hint}`, what);
  }

  /** Plans tasks to be done next, the last one first. */
  protected pushTasks(...tasks: readonly (() => unknown)[]): void {
    this.#tasks.push(...tasks);
  }

  protected atEnd(): boolean {
    return this.#cursor >= this.#tokens.length;
  }

  protected takeAny(): void {
    this.skipNewlines();
    this.#cursor++;
  }

  /** Whether the bracket that comes next holds rows that are separated by `;`. */
  protected hasRows(): boolean {
    this.skipNewlines();
    return this.#tokens[this.#cursor]?.rows === true;
  }

  /** Leaves the node that was begun last without a step. */
  protected dropStart(): void {
    this.#starts.pop();
  }

  /** Begins a second step where the last one begins. */
  protected repeatStart(): void {
    this.#starts.push(this.#starts.at(-1) ?? 0);
  }

  /** Reads one node. */
  protected abstract enter(node: MathNode): void;

  protected visit(node: MathNode): () => void {
    return () => this.enter(node);
  }

  protected list(nodes: readonly MathNode[], separator: string): (() => void)[] {
    return nodes.flatMap((node, i) =>
      i === 0 ? [this.visit(node)] : [() => this.take(separator), this.visit(node)],
    );
  }
}
