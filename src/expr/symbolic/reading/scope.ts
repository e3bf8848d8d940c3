// What the names of a formula mean at the place where they are used.

import type { Shapes } from "../../formula.ts";
import type { Graph, SymbolicTensor } from "../../graph.ts";
import { type DType, SCALAR } from "../../shape.ts";
import { asTensor, Tensor } from "../../tensor.ts";
import {
  constantError,
  nameError,
  reservedError,
  unitMessage,
  unknownFunction,
} from "./complaints.ts";
import { type Builtin, builtinFunctions } from "./functions.ts";
import { constantCalled, constantMeant, isReserved, isUnit } from "./names.ts";
import type { Definition, Program } from "./program.ts";
import { tensorOf, type Value } from "./values.ts";

/** Functions of the user that a formula may call. */
export type Functions = Readonly<Record<string, (...args: Tensor[]) => Tensor>>;

/** Dtypes of inputs by name. */
export type DTypes = Readonly<Record<string, DType>>;

/** What the caller says of the names of a formula. */
interface Outside {
  readonly functions?: Functions;
  readonly dtypes?: DTypes;
}

/** The arguments of a defined function by parameter. */
export type Locals = ReadonlyMap<string, Tensor>;

export class Scope {
  readonly #program: Program;
  readonly #graph: Graph;
  readonly #shapes: Shapes;
  readonly #functions: Functions;
  readonly #dtypes: DTypes;
  readonly #variables = new Map<string, Value>();
  readonly #defined = new Map<string, Definition>();
  readonly #inputs = new Map<string, SymbolicTensor>();
  /** Counts assignments: a call gives the same as before only while none happened in between. */
  epoch = 0;

  constructor(program: Program, graph: Graph, shapes: Shapes, { functions, dtypes }: Outside) {
    this.#program = program;
    this.#graph = graph;
    this.#shapes = shapes;
    this.#functions = functions ?? {};
    this.#dtypes = dtypes ?? {};
  }

  assign(name: string, value: Value): void {
    if (isReserved(name)) throw reservedError(name);
    this.#variables.set(name, value);
    this.#defined.delete(name);
    this.epoch++;
  }

  define(definition: Definition): void {
    const { name } = definition;
    if (isReserved(name)) throw reservedError(name);
    this.#variables.delete(name);
    this.#defined.set(name, definition);
    this.epoch++;
  }

  /** The variables that hold tensors. */
  variables(): Map<string, SymbolicTensor> {
    const entries = [...this.#variables].flatMap(([name, value]) =>
      value instanceof Tensor ? [[name, this.#graph.adopt(value)] as const] : [],
    );
    return new Map(entries);
  }

  /** The input called `name`. */
  input(name: string): SymbolicTensor {
    if (isReserved(name)) throw reservedError(name);
    const shape = Object.hasOwn(this.#shapes, name) ? this.#shapes[name] : undefined;
    const dtype = Object.hasOwn(this.#dtypes, name) ? this.#dtypes[name] : undefined;
    const input = this.#graph.input(name, shape ?? SCALAR, dtype);
    this.#inputs.set(name, input);
    return input;
  }

  /** What a name stands for; `unit` tells that it stands behind a number, as in `5 cm`. */
  valueOf(name: string, unit: boolean, locals: Locals): Value {
    const known = locals.get(name) ?? this.#variables.get(name);
    if (known !== undefined) return known;
    if (this.#defined.has(name)) throw nameError(name, `${name} is a function: write ${name}(…).`);
    const input = this.#inputs.get(name);
    if (input !== undefined) return input;
    if (isReserved(name)) throw reservedError(name);
    if (Object.hasOwn(this.#shapes, name) || Object.hasOwn(this.#dtypes, name)) {
      return this.input(name);
    }
    if (this.#program.assigned.has(name)) {
      throw nameError(name, `${name} is used before a value is assigned to it. Move its line up.`);
    }
    const constant = constantCalled(name);
    if (constant !== undefined) return constant;
    this.#refuse(name, unit);
    return this.input(name);
  }

  /** Refuses names that are not meant as inputs. */
  #refuse(name: string, unit: boolean): void {
    if (builtinFunctions().has(name) || Object.hasOwn(this.#functions, name)) {
      const message = `${name} is a function: write ${name}(…), or give the variable another name.`;
      throw nameError(name, message);
    }
    if (name === "i") {
      throw nameError(
        name,
        "i is no input: formulas compute on the reals. If it is meant as a variable, declare it: " +
          "{ shapes: { i: [] } }.",
      );
    }
    const meant = constantMeant(name);
    if (meant !== undefined) throw constantError(name, meant);
    if (unit && isUnit(name)) throw nameError(name, unitMessage(name));
    if (name === "end") throw nameError(name, "end has a meaning only inside an index: x[end].");
  }

  /** The function that a call names. */
  calleeOf(name: string, locals: Locals): Definition | Builtin {
    if (locals.has(name) || this.#variables.has(name)) {
      throw nameError(name, `${name} is a variable, not a function. Write ${name} * (…).`);
    }
    const definition = this.#defined.get(name);
    if (definition !== undefined) return definition;
    if (isReserved(name)) throw reservedError(name);
    if (this.#program.assigned.has(name)) {
      throw nameError(name, `the function ${name} is used before it is defined. Move its line up.`);
    }
    if (Object.hasOwn(this.#functions, name)) return this.#custom(name);
    const builtin = builtinFunctions().get(name);
    if (builtin !== undefined) return builtin;
    const known = [...this.#defined.keys(), ...Object.keys(this.#functions)];
    throw unknownFunction(name, [...known, ...builtinFunctions().keys()]);
  }

  #custom(name: string): Builtin {
    const custom = this.#functions[name] as (...args: Tensor[]) => Tensor;
    return {
      minimum: 0,
      maximum: Number.POSITIVE_INFINITY,
      build: (args) => asTensor(custom(...args.map(tensorOf))),
    };
  }
}
