// The graph that a function is traced into: it takes what lies outside as further inputs, and is closed afterwards.

import { SymtapeError } from "../../expr/errors.ts";
import { Graph, type SymbolicTensor } from "../../expr/graph.ts";
import type { Op, Params } from "../../expr/op.ts";
import type { AbstractValue } from "../../expr/shape.ts";
import { ConcreteTensor, requireOpen, type Tensor } from "../../expr/tensor.ts";
import { atNextLevel } from "../tape.ts";

/**
 * A graph that is closed but while a function is traced, when it takes every value from outside as a further input,
 * and while derivatives are added to it.
 */
export class BodyGraph extends Graph {
  override level = 0;
  override readonly isRead = false;
  readonly captures: Map<Tensor, SymbolicTensor> = new Map();
  #state: "closed" | "tracing" | "extending" = "closed";

  get closed(): boolean {
    return this.#state === "closed";
  }

  /** Opens the graph while `build` runs, above all levels of differentiation that there are by then. */
  open<T>(state: "tracing" | "extending", build: () => T): T {
    const before = { level: this.level, state: this.#state };
    return atNextLevel((level) => {
      this.level = level;
      this.#state = state;
      try {
        return build();
      } finally {
        this.level = before.level;
        this.#state = before.state;
      }
    });
  }

  override apply(op: Op, inputs: readonly Tensor[], params: Params): readonly SymbolicTensor[] {
    if (this.closed) for (const input of inputs) requireOpen(input, op.name);
    return super.apply(op, inputs, params);
  }

  override adopt(value: Tensor): SymbolicTensor {
    if (value instanceof ConcreteTensor || value.tracer === this) return super.adopt(value);
    let input = this.captures.get(value);
    if (input === undefined) {
      requireOpen(value, "a function inside cond, scan or checkpoint");
      if (this.#state !== "tracing") throw fromOutside();
      input = this.added(value);
      this.captures.set(value, input);
    }
    return input;
  }

  /** A new input. */
  added({ shape, dtype }: AbstractValue): SymbolicTensor {
    return this.input(`x${this.nodes.length}`, shape, dtype);
  }
}

/** A rule has no way to reach the values that its function once closed over. */
function fromOutside(): SymtapeError {
  return new SymtapeError(
    "usage",
    "a rule of a function inside cond, scan, whileLoop or checkpoint uses a tensor from outside that a derivative, a " +
      "batch or a graph follows. Pass it as an argument.",
    { operation: "customRule" },
  );
}
