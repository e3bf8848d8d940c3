// Runs the steps of a formula on a stack: each builds one piece of the graph.

import { SymtapeError } from "../../errors.ts";
import type { Elaboration, Shapes } from "../../formula.ts";
import { Graph, SymbolicTensor } from "../../graph.ts";
import { inputOp } from "../../ops/leaves.ts";
import { stack } from "../../ops/movement/indexing.ts";
import { asTensor, literal, type Tensor } from "../../tensor.ts";
import { MAXIMUM_CONSTANT, MAXIMUM_STEPS, refuseValue, tooMuch } from "./bounds.ts";
import { arityError } from "./complaints.ts";
import { constantArray } from "./constant-array.ts";
import { type Frame, newFrame } from "./frame.ts";
import { argumentOf } from "./functions/arguments.ts";
import { type Builtin, builtinFunctions } from "./functions.ts";
import { chainedProduct } from "./operators.ts";
import { indexed } from "./places.ts";
import type { Action, Definition, Program, Step } from "./program.ts";
import { type DTypes, type Functions, Scope } from "./scope.ts";
import { ValueStack } from "./value-stack.ts";
import { constantNumber, constantTooLarge, Range, Text, tensorOf, type Value } from "./values.ts";

export interface ElaborateOptions {
  readonly functions?: Functions;
  readonly dtypes?: DTypes;
  /** Replaces what has just been built, where it has a better form. */
  readonly rewrite?: (value: SymbolicTensor) => SymbolicTensor;
}

/** Builds the graph of a formula for inputs of the given shapes; inputs without one are scalars. */
export function elaborate(
  program: Program,
  shapes: Shapes,
  options: ElaborateOptions = {},
): Elaboration {
  return new Machine(program, shapes, options).run();
}

type ActionOf<K extends Action["kind"]> = Extract<Action, { readonly kind: K }>;

class Machine {
  readonly #program: Program;
  readonly #rewrite: ElaborateOptions["rewrite"];
  readonly #graph = new Graph();
  readonly #scope: Scope;
  readonly #stack = new ValueStack();
  /** The tensors whose indices are being read, innermost last. */
  readonly #opened: Tensor[] = [];
  readonly #frames: Frame[] = [];
  readonly #calls = new Map<string, Value>();
  #result: Value | undefined;
  #frame: Frame;
  /** How many places all ranges have so far. */
  #ranged = 0;
  /** Nodes before this one have their place in the text. */
  #located = 0;

  constructor(program: Program, shapes: Shapes, options: ElaborateOptions) {
    this.#program = program;
    this.#rewrite = options.rewrite;
    this.#scope = new Scope(program, this.#graph, shapes, options);
    this.#frame = newFrame(program.steps);
  }

  run(): Elaboration {
    this.#runFrames();
    const { last, source } = this.#program;
    if (last !== undefined) {
      const locals = last.parameters.map((name) => [name, this.#scope.input(name)] as const);
      this.#frame = newFrame(last.steps, new Map(locals), last);
      this.#runFrames();
      this.#result = this.#stack.take(1)[0];
    }
    try {
      if (this.#result === undefined) throw new SymtapeError("syntax", "the formula is empty.", {});
      const output = this.#operand(this.#result);
      return { inputs: this.#inputs(), output, definitions: this.#scope.variables() };
    } catch (error) {
      throw source.placed(error, 0, source.text.length);
    }
  }

  /** The inputs in the order in which the text names them. */
  #inputs(): SymbolicTensor[] {
    const known = new Map<string, SymbolicTensor>();
    for (const { op, params, outputs } of this.#graph.nodes) {
      if (op === inputOp) known.set(params.name as string, outputs[0] as SymbolicTensor);
    }
    return this.#program.names.flatMap((name) => known.get(name) ?? []);
  }

  #runFrames(): void {
    for (let called = 0; ; ) {
      const frame = this.#frame;
      const step = frame.steps[frame.at++];
      if (step === undefined) {
        const outer = this.#frames.pop();
        if (outer === undefined) return;
        this.#calls.set(frame.memo, this.#stack.last);
        this.#frame = outer;
        continue;
      }
      try {
        if (this.#frames.length > 0 && ++called > MAXIMUM_STEPS) throw tooMuch();
        this.#stack.enter(step);
        this.#do(step.action, step);
      } catch (error) {
        const { start, end } = this.#stack.stepOf(argumentOf(error)) ?? step;
        throw this.#program.source.placed(error, start, end);
      }
    }
  }

  #do(action: Action, step: Step): void {
    switch (action.kind) {
      case "operator":
        this.#operator(action, step);
        break;
      case "call":
        this.#call(action, step);
        break;
      case "chain":
        this.#chain(action, step);
        break;
      case "percent":
        this.#percent(action, step);
        break;
      case "range":
        this.#range(action);
        break;
      case "array":
        this.#array(action, step);
        break;
      case "open":
        this.#opened.push(this.#operands(1)[0] as Tensor);
        break;
      case "index":
        this.#built(indexed(this.#opened.pop() as Tensor, this.#stack.take(action.count)), step);
        break;
      case "assign":
        this.#assign(action);
        break;
      case "define":
        this.#scope.define(action.definition);
        break;
      case "statement":
        this.#result = this.#stack.take(1)[0];
        break;
      default:
        this.#stack.push(this.#leaf(action));
    }
  }

  #leaf(action: ActionOf<"number" | "text" | "name" | "last">): Value {
    switch (action.kind) {
      case "number":
        return typeof action.value === "number" ? literal(action.value) : asTensor(action.value);
      case "text":
        return new Text(action.value);
      case "name":
        return this.#scope.valueOf(action.name, action.unit, this.#frame.locals);
      case "last":
        return literal(this.#opened.at(-1)?.shape[action.axis] ?? 1);
    }
  }

  /** A value as part of the graph, so that operations on plain numbers are kept as they are written. */
  #operand(value: Value): SymbolicTensor {
    return this.#graph.adopt(tensorOf(value));
  }

  #operands(count: number): SymbolicTensor[] {
    return this.#stack.take(count).map((value) => this.#operand(value));
  }

  /** Pushes what was built, in its best form, and notes where it stands in the text. */
  #built(value: Tensor, step: Step): void {
    const built = this.#graph.adopt(value);
    refuseValue(built.shape);
    const result = this.#rewrite === undefined ? built : this.#rewrite(built);
    const { nodes } = this.#graph;
    if (this.#located < nodes.length) this.#locate(step);
    this.#stack.push(result);
  }

  #locate(step: Step): void {
    const { nodes } = this.#graph;
    const position = this.#program.source.position(step.start, step.end);
    for (; this.#located < nodes.length; this.#located++) {
      const node = nodes[this.#located];
      const isNew = node !== undefined && node.inputs.length > 0;
      if (isNew) this.#graph.locate(node.outputs[0] as SymbolicTensor, position);
    }
  }

  #apply(builtin: Builtin, action: ActionOf<"operator" | "call">, step: Step): void {
    const args = this.#stack.take(action.count);
    if (args.length < builtin.minimum || args.length > builtin.maximum) {
      throw arityError(action.name, args.length, builtin);
    }
    const operands = args.map((value) => (value instanceof Text ? value : this.#operand(value)));
    this.#built(builtin.build(operands), step);
  }

  #operator(action: ActionOf<"operator">, step: Step): void {
    if (action.chained) this.#built(chainedProduct(...this.#operandPair()), step);
    else this.#apply(builtinFunctions().get(action.name) as Builtin, action, step);
  }

  #operandPair(): [Tensor, Tensor] {
    return this.#operands(2) as readonly Tensor[] as [Tensor, Tensor];
  }

  #call(action: ActionOf<"call">, step: Step): void {
    const callee = this.#scope.calleeOf(action.name, this.#frame.locals);
    if ("build" in callee) this.#apply(callee, action, step);
    else this.#inline(callee, this.#operands(action.count));
  }

  /** Puts the body of a defined function in place of its call. */
  #inline(definition: Definition, args: readonly SymbolicTensor[]): void {
    const { name, parameters, steps } = definition;
    const count = parameters.length;
    if (args.length !== count) {
      throw arityError(name, args.length, { minimum: count, maximum: count });
    }
    const running = [...this.#frames, this.#frame];
    if (running.some((frame) => frame.definition === definition)) {
      throw new SymtapeError("unsupported", `${name} calls itself; formulas have no recursion.`, {
        operation: name,
      });
    }
    const memo = `${name} ${args.map((value) => value.slot).join(" ")} at ${this.#scope.epoch}`;
    const known = this.#calls.get(memo);
    if (known !== undefined) this.#stack.push(known);
    else {
      this.#frames.push(this.#frame);
      const locals = new Map(args.map((value, i) => [parameters[i] as string, value]));
      this.#frame = newFrame(steps, locals, definition, memo);
    }
  }

  #chain(action: ActionOf<"chain">, step: Step): void {
    const operands = this.#operands(action.comparisons.length + 1);
    const results = action.comparisons.map((name, i) =>
      build(name, operands[i] as Tensor, operands[i + 1] as Tensor),
    );
    this.#built(
      results.reduce((left, right) => build("and", left, right)),
      step,
    );
  }

  #percent(action: ActionOf<"percent">, step: Step): void {
    const [whole, part] = this.#operandPair();
    this.#built(build(action.name, whole, build("multiply", whole, part)), step);
  }

  #range(action: ActionOf<"range">): void {
    const numbers = this.#stack.take(action.count).map((bound) => constantNumber(bound, "a bound"));
    const [first, by, last] = action.count === 2 ? [numbers[0], 1, numbers[1]] : numbers;
    const range = new Range(first as number, by as number, last as number);
    this.#ranged += range.size;
    if (this.#ranged > MAXIMUM_CONSTANT) throw constantTooLarge();
    this.#stack.push(range);
  }

  #array(action: ActionOf<"array">, step: Step): void {
    const items = this.#stack.take(action.count).map(tensorOf);
    const constant = constantArray(items);
    if (constant !== undefined) this.#stack.push(constant);
    else this.#built(stack(items.map((item) => this.#operand(item))), step);
  }

  #assign({ name }: ActionOf<"assign">): void {
    const value = this.#stack.last;
    this.#scope.assign(name, value);
    if (value instanceof SymbolicTensor && value.node.inputs.length > 0) {
      this.#graph.name(value, name);
    }
  }
}

function build(name: string, x: Tensor, y: Tensor): Tensor {
  return (builtinFunctions().get(name) as Builtin).build([x, y]);
}
