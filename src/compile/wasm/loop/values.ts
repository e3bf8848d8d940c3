// Writes the values of a loop: each once it is known, for one vector or for all lanes alike.

import type { DType } from "../../../expr/shape.ts";
import type { Loop, LoopStore, LoopValue } from "../../loop.ts";
import type { FunctionBuilder, Value } from "../function-builder.ts";
import { loadSpan, type Place, type Span, storeSpan } from "./access.ts";
import { applyLanes, type Operand } from "./apply.ts";
import type { Nest } from "./axes.ts";
import { type Dependence, dependenceOf } from "./dependence.ts";
import { operandDTypes } from "./dtypes.ts";
import { GuardWriter, type Load } from "./guards.ts";
import { constantLanes, convertLanes, joinNumbers, type LaneCount, type Lanes } from "./lanes.ts";
import { Pointers } from "./pointers.ts";

/** Vectors that are computed side by side: how many lanes of each count. */
export type Group = readonly number[];

/** The values, with the pointers and guards by which they are loaded. */
export class ValueWriter {
  readonly pointers: Pointers;
  readonly guards: GuardWriter;
  readonly lanes: Lanes;
  group: Group = [];
  readonly #b: FunctionBuilder;
  readonly #loop: Loop;
  readonly #vector: number;
  readonly #dependence: Dependence;
  readonly #results: Value[][] = [];
  #steps: Value | undefined;

  constructor(b: FunctionBuilder, { loop, vector }: Nest, count: LaneCount) {
    this.#b = b;
    this.#loop = loop;
    this.#vector = vector;
    this.lanes = { b, count };
    this.pointers = new Pointers(b, loop, vector);
    this.guards = new GuardWriter(b, this.pointers, loop, vector);
    this.#dependence = dependenceOf(loop, vector);
  }

  /** Sets pointers, and the first indices along vectors where they are asked for. */
  begin(): void {
    this.#loop.values.forEach((value, i) => {
      const isWritten = (this.#dependence.levels[i] as number) >= 0;
      if (value.kind === "load" && isWritten) this.pointers.add(value);
    });
    for (const store of this.#loop.stores) this.pointers.add(store);
    this.pointers.begin();
    if (!this.#usesIndex(this.#vector)) return;
    const steps = [0, 1, 2, 3].map((step) => this.#b.constant("i32", step));
    this.#steps = joinNumbers(this.lanes, steps, "int32");
  }

  #usesIndex(axis: number): boolean {
    return this.#loop.values.some((value) => value.kind === "index" && value.axis === axis);
  }

  /** Whether the kernel has to know the index along an axis. */
  needsIndex(axis: number): boolean {
    return this.#usesIndex(axis) || this.guards.needsIndex(axis);
  }

  /** Writes all vectors of the values that are known after so many axes. */
  outer(depth: number): void {
    this.guards.test(depth);
    for (const i of this.#at(depth)) {
      const vectors = this.#dependence.varies[i] ? this.group.length : 1;
      for (let vector = 0; vector < vectors; vector++) this.#write(i, vector);
    }
  }

  /** Writes the innermost values, one vector after another, each with what `use` makes of them. */
  innermost(depth: number, use: (vector: number) => void): void {
    this.guards.test(depth);
    const { varies } = this.#dependence;
    const own = this.#at(depth);
    for (const i of own) if (!varies[i]) this.#write(i, 0);
    for (const i of own) {
      if (!varies[i]) continue;
      for (let vector = 0; vector < this.group.length; vector++) this.#write(i, vector);
    }
    for (let vector = 0; vector < this.group.length; vector++) use(vector);
  }

  #at(depth: number): number[] {
    return this.#dependence.levels.flatMap((level, i) => (level === depth ? [i] : []));
  }

  #write(i: number, vector: number): void {
    const results = this.#results[i] ?? [];
    results[vector] = this.#value(i, vector);
    this.#results[i] = results;
  }

  /** A value for an operation; numbers take the dtype given. */
  #operand(i: number, vector: number, dtype: DType): Operand {
    const value = this.#loop.values[i] as LoopValue;
    if (value.kind === "number") {
      return { value: constantLanes(this.lanes, dtype, value.value), dtype, number: value.value };
    }
    const place = this.#dependence.varies[i] ? vector : 0;
    return { value: this.#results[i]?.[place] as Value, dtype: value.dtype };
  }

  /** A value in another dtype. */
  as(i: number, vector: number, dtype: DType): Value {
    const operand = this.#operand(i, vector, dtype);
    return convertLanes(this.lanes, operand.value, operand.dtype, dtype);
  }

  #value(i: number, vector: number): Value {
    const value = this.#loop.values[i] as LoopValue;
    switch (value.kind) {
      case "number":
        throw new Error("numbers are written where they are used");
      case "load":
        return this.#load(value, this.#dependence.varies[i] ? vector : undefined);
      case "index":
        return this.#index(value.axis, vector);
      case "cast":
        return this.as(value.operand, vector, value.dtype);
      case "apply": {
        const dtypes = operandDTypes(this.#loop, value);
        const operands = value.operands.map((operand, k) =>
          this.#operand(operand, vector, dtypes[k] as DType),
        );
        return applyLanes(this.lanes, value.op, value.dtype, operands);
      }
    }
  }

  #index(axis: number, vector: number): Value {
    const { counter, base } = this.pointers.index(axis);
    const isAlong = axis === this.#vector;
    const first = this.#b.splat("i32x4", base + (isAlong ? vector * this.lanes.count : 0));
    const moving = counter === undefined ? [] : [this.#b.emit("i32x4.splat", [counter])];
    const parts = isAlong ? [...moving, this.#steps as Value] : moving;
    return parts.reduce((index, part) => this.#b.emit("i32x4.add", [index, part]), first);
  }

  /** The span of a vector of the group; without one, a single element for all lanes. */
  #span(source: Load | LoopStore, vector: number | undefined): Span {
    const step = vector === undefined ? 0 : this.pointers.step(source, this.#vector);
    const start = (vector ?? 0) * this.lanes.count * step;
    return {
      dtype: source.dtype,
      at: (bytes): Place => this.pointers.place(source, start + bytes),
      step,
      count: vector === undefined ? 1 : (this.group[vector] as number),
    };
  }

  #load(load: Load, vector: number | undefined): Value {
    const span = this.#span(load, vector);
    if (load.guards.length === 0) return loadSpan(this.lanes, span);
    return this.guards.load(this.lanes, load, span, (vector ?? 0) * this.lanes.count);
  }

  /** Writes a vector to memory; without the number of a vector its first lane only. */
  store(store: LoopStore, vector: number | undefined, value: Value): void {
    storeSpan(this.lanes, this.#span(store, vector), value);
  }
}
