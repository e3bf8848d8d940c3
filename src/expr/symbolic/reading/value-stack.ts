// The stack of a formula's machine: values, each with the step that made it, so that errors can point at one.

import type { Step } from "./program.ts";
import type { Value } from "./values.ts";

export class ValueStack {
  readonly #values: Value[] = [];
  readonly #steps: Step[] = [];
  /** The steps that made what was taken last. */
  #taken: readonly Step[] = [];
  #step: Step | undefined;

  /** Begins a step: what is pushed from now on is made by it. */
  enter(step: Step): void {
    this.#step = step;
    this.#taken = [];
  }

  push(value: Value): void {
    this.#values.push(value);
    this.#steps.push(this.#step as Step);
  }

  take(count: number): Value[] {
    if (count === 0) return [];
    this.#taken = this.#steps.splice(-count);
    return this.#values.splice(-count);
  }

  get last(): Value {
    return this.#values.at(-1) as Value;
  }

  /** The step that made one of the values that were taken last. */
  stepOf(place: number | undefined): Step | undefined {
    return place === undefined ? undefined : this.#taken[place];
  }
}
