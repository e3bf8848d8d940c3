// The arithmetic of scalar graphs: the references of operations run over it and leave the graph of their steps.

import type { Arithmetic } from "../../expr/arithmetic.ts";
import type { PointwiseName } from "../../expr/ops/pointwise.gen.ts";
import { pointwiseFunctions } from "../../expr/ops/tensor-arithmetic.ts";
import { namedConstants } from "../../expr/tensor.ts";
import { type Place, Refusal, type ScalarGraph } from "./scalar-graph.ts";

/**
 * Scalars are places in the graph. An operation that looks at a number which is not known yet is refused: what it
 * computes depends on it.
 */
export function scalarArithmetic(graph: ScalarGraph): Arithmetic<Place> {
  const choose = (condition: Place, yes: () => Place, no: () => Place): Place => {
    const known = graph.numberAt(condition);
    if (known !== undefined) return (known !== 0 ? yes : no)();
    return graph.apply("where", [condition, yes(), no()]);
  };
  return {
    ...pointwiseTable(graph),
    literal: (value) => graph.constant(value),
    constant: (name) => graph.constant(namedConstants[name].at(0)),
    nothing: graph.constant(0),
    choose,
    guard: (_, condition, yes, no) => choose(condition(), yes, no),
    fixed: () => graph.constant(1),
    numberOf: (place) => {
      const number = graph.numberAt(place);
      if (number === undefined) throw new Refusal();
      return number;
    },
  };
}

function pointwiseTable(
  graph: ScalarGraph,
): Record<PointwiseName, (...operands: Place[]) => Place> {
  const entries = [...pointwiseFunctions().keys()].map((name) => [
    name,
    (...operands: Place[]) => graph.apply(name, operands),
  ]);
  return Object.fromEntries(entries) as Record<PointwiseName, (...operands: Place[]) => Place>;
}

/** The same arithmetic on int32 numbers, whose sums and products wrap. */
export function wrappingPlaces(
  arithmetic: Arithmetic<Place>,
  graph: ScalarGraph,
): Arithmetic<Place> {
  return {
    ...arithmetic,
    add: (...operands) => graph.rounded(graph.apply("add", operands), "int32"),
    multiply: (...operands) => graph.apply("wholeProduct", operands),
  };
}

/** The same arithmetic where all that an operation asks of numbers is whether they are known. */
export function presumingNumbers(arithmetic: Arithmetic<Place>): Arithmetic<Place> {
  return { ...arithmetic, numberOf: () => Number.NaN };
}
