// A WebAssembly function written down value by value: every result has a name, and the bytes and the listing are
// made from the same statements.

import { instruction, type ValueType } from "./instructions.ts";

/** A value of a function: a parameter, a result of an instruction, or a variable. */
export interface Value {
  readonly id: number;
  readonly type: ValueType;
}

/** Lane types of a vector of 128 bits. */
export type Lanes = "f64x2" | "f32x4" | "i32x4" | "i64x2";

/** A function of the host that a kernel may call. */
export interface HostFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
  readonly call: (...operands: number[]) => number;
}

/** A constant: one number, or one number for all lanes of a vector. */
export interface Constant {
  readonly type: ValueType;
  readonly lanes: Lanes | undefined;
  readonly value: number | bigint;
}

/** One statement of a function. */
export type Statement =
  | { readonly kind: "constant"; readonly target: Value; readonly constant: Constant }
  | {
      readonly kind: "instruction";
      readonly target: Value | undefined;
      readonly name: string;
      readonly operands: readonly Value[];
      readonly immediates: readonly number[];
    }
  | { readonly kind: "select"; readonly target: Value; readonly operands: readonly Value[] }
  | { readonly kind: "copy"; readonly target: Value; readonly source: Value }
  | {
      readonly kind: "call";
      readonly target: Value;
      readonly host: number;
      readonly operands: readonly Value[];
    }
  | { readonly kind: "loop"; readonly body: readonly Statement[]; readonly again: Value }
  | {
      readonly kind: "when";
      readonly condition: Value;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    };

/** The finished function. */
export interface WasmFunction {
  readonly parameters: readonly Value[];
  readonly names: ReadonlyMap<number, string>;
  readonly result: Value | undefined;
  /** Constants, which stand before everything else. */
  readonly constants: readonly Statement[];
  readonly body: readonly Statement[];
  readonly types: readonly ValueType[];
  readonly hosts: readonly HostFunction[];
}

/** Writes a function, statement by statement. */
export class FunctionBuilder {
  readonly #types: ValueType[] = [];
  readonly #names = new Map<number, string>();
  readonly #parameters: Value[] = [];
  readonly #constants: Statement[] = [];
  readonly #known = new Map<string, Value>();
  readonly #hosts: HostFunction[] = [];
  /**
   * Whether rare cases are computed along with the others: engines keep little in registers across branches, so that in
   * long code a branch costs more than it saves.
   */
  readonly avoidsBranches: boolean;
  #statements: Statement[] = [];
  /** Results of instructions by what they compute, from the innermost block outwards. */
  #computed: Map<string, Value>[] = [new Map()];
  /** What values are the negatives of. */
  readonly #negatives = new Map<number, Value>();
  /** Vectors of negative zeros, which are signs and nothing else. */
  readonly #signs = new Set<number>();
  /** Values that statements change. */
  readonly #variables = new Set<number>();

  constructor(options: { readonly avoidsBranches?: boolean } = {}) {
    this.avoidsBranches = options.avoidsBranches === true;
  }

  /** A further parameter. All parameters come before the first statement. */
  parameter(type: ValueType, name: string): Value {
    const value = this.#value(type);
    this.#names.set(value.id, name);
    this.#parameters.push(value);
    return value;
  }

  #value(type: ValueType): Value {
    this.#types.push(type);
    return { id: this.#types.length - 1, type };
  }

  /** A number; the same number is made once, before the function begins. */
  constant(type: "i32" | "i64" | "f32" | "f64", value: number | bigint): Value {
    return this.#constant({ type, lanes: undefined, value });
  }

  /** A vector of the same number in all lanes. */
  splat(lanes: Lanes, value: number | bigint): Value {
    return this.#constant({ type: "v128", lanes, value });
  }

  #constant(constant: Constant): Value {
    const text = Object.is(constant.value, -0) ? "-0" : String(constant.value);
    const key = `${constant.lanes ?? constant.type} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const target = this.#value(constant.type);
    this.#constants.push({ kind: "constant", target, constant });
    if (Object.is(constant.value, -0)) this.#signs.add(target.id);
    this.#known.set(key, target);
    return target;
  }

  /**
   * The result of an instruction such as `f64x2.add`. Loads and stores take the byte offset as immediate. What has been
   * computed already, from values that do not change, is not computed again.
   */
  emit(name: string, given: readonly Value[], immediates: readonly number[] = []): Value {
    const operands = this.#withoutSigns(name, given);
    const { result } = instruction(name);
    if (result === undefined) throw new Error(`${name} has no result`);
    const key = this.#keyOf(name, operands, immediates);
    const known = key === undefined ? undefined : this.#find(key);
    if (known !== undefined) return known;
    const target = this.#value(result);
    this.#push({ kind: "instruction", target, name, operands, immediates });
    if (key !== undefined) {
      this.#computed.at(-1)?.set(key, target);
      if (name.endsWith(".neg")) this.#negatives.set(target.id, operands[0] as Value);
    }
    return target;
  }

  /** Whether the result of an instruction is there already. */
  hasComputed(name: string, given: readonly Value[]): boolean {
    const key = this.#keyOf(name, this.#withoutSigns(name, given), []);
    return key !== undefined && this.#find(key) !== undefined;
  }

  /** What tells an instruction apart from others; undefined where its result may change. */
  #keyOf(
    name: string,
    operands: readonly Value[],
    immediates: readonly number[],
  ): string | undefined {
    const changes =
      instruction(name).immediates.includes("memory") ||
      operands.some(({ id }) => this.#variables.has(id));
    return changes
      ? undefined
      : `${name} ${operands.map(({ id }) => id).join()} ${immediates.join()}`;
  }

  /** Operands of an instruction that gives the same for a number and its negative, since it takes or sets the sign. */
  #withoutSigns(name: string, operands: readonly Value[]): readonly Value[] {
    const isSignLost =
      name === "f64x2.abs" ||
      name === "f32x4.abs" ||
      (name === "v128.or" && operands.some(({ id }) => this.#signs.has(id)));
    return isSignLost ? operands.map((value) => this.#negatives.get(value.id) ?? value) : operands;
  }

  #find(key: string): Value | undefined {
    for (const block of this.#computed) {
      const known = block.get(key);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** An instruction without a result: a store. */
  effect(name: string, operands: readonly Value[], immediates: readonly number[] = []): void {
    this.#push({ kind: "instruction", target: undefined, name, operands, immediates });
  }

  /** `yes` where the condition, an i32, is not 0. */
  select(condition: Value, yes: Value, no: Value): Value {
    const target = this.#value(yes.type);
    this.#push({ kind: "select", target, operands: [yes, no, condition] });
    return target;
  }

  /** A value that statements change by `assign`. */
  variable(initial: Value): Value {
    const target = this.#value(initial.type);
    this.#variables.add(target.id);
    this.#push({ kind: "copy", target, source: initial });
    return target;
  }

  assign(variable: Value, source: Value): void {
    if (!this.#variables.has(variable.id)) throw new Error("only variables can be assigned");
    this.#push({ kind: "copy", target: variable, source });
  }

  /** The result of a function of the host. */
  call(host: HostFunction, operands: readonly Value[]): Value {
    let index = this.#hosts.indexOf(host);
    if (index < 0) index = this.#hosts.push(host) - 1;
    const target = this.#value(host.result);
    this.#push({ kind: "call", target, host: index, operands });
    return target;
  }

  /** Repeats the body as long as it returns an i32 that is not 0; it runs at least once. */
  repeat(body: () => Value): void {
    let again: Value | undefined;
    const statements = this.#inside(() => {
      again = body();
    });
    this.#push({ kind: "loop", body: statements, again: again as Value });
  }

  /**
   * Counts a variable from `start` while it is below `end`, by `step`: all i32. The body may run no time at all.
   */
  count(start: Value, end: Value, step: number, body: (counter: Value) => void): void {
    const counter = this.variable(start);
    const by = this.constant("i32", step);
    this.when(this.emit("i32.lt_s", [start, end]), () =>
      this.repeat(() => {
        body(counter);
        this.assign(counter, this.emit("i32.add", [counter, by]));
        return this.emit("i32.lt_s", [counter, end]);
      }),
    );
  }

  when(condition: Value, yes: () => void, no?: () => void): void {
    this.#push({
      kind: "when",
      condition,
      yes: this.#inside(yes),
      no: no === undefined ? [] : this.#inside(no),
    });
  }

  finish(result?: Value): WasmFunction {
    return {
      parameters: this.#parameters,
      names: this.#names,
      result,
      constants: this.#constants,
      body: this.#statements,
      types: this.#types,
      hosts: this.#hosts,
    };
  }

  #push(statement: Statement): void {
    this.#statements.push(statement);
  }

  #inside(write: () => void): readonly Statement[] {
    const outer = this.#statements;
    const inner: Statement[] = [];
    this.#statements = inner;
    this.#computed.push(new Map());
    write();
    this.#computed.pop();
    this.#statements = outer;
    return inner;
  }
}
