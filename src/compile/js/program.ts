// A scalar program: the steps that outputs need, and the memory in which inputs, outputs and values stand.

import type { SymbolicTensor } from "../../expr/graph.ts";
import type { Expanded } from "./expand.ts";
import type { Place } from "./scalar-graph.ts";
import type { ScalarOp } from "./scalar-ops.ts";

/** One operation. Its operands and its result are named by their places in the scalar graph. */
export interface Step {
  readonly op: ScalarOp;
  readonly operands: readonly Place[];
  readonly place: Place;
}

/** An output element: the value at a place goes into a cell. */
export interface Store {
  readonly place: Place;
  readonly cell: number;
}

/** Where the elements of an input or output begin, and how many there are. */
export interface Span {
  readonly start: number;
  readonly size: number;
}

export interface ScalarProgram {
  readonly steps: readonly Step[];
  /** Elements of inputs, those that are used, with their cells. */
  readonly loads: ReadonlyMap<Place, number>;
  /** Elements that are known, with their numbers. */
  readonly constants: ReadonlyMap<Place, number>;
  /** What is written in the end. Cells of inputs may be among those that are written. */
  readonly stores: readonly Store[];
  readonly inputs: readonly Span[];
  readonly outputs: readonly Span[];
  /** How many cells inputs and outputs take; those of other values follow. */
  readonly cells: number;
}

/** `aliases` names for outputs the input in whose memory they are written. */
export function scalarProgram(
  expanded: Expanded,
  outputs: readonly SymbolicTensor[],
  aliases: readonly (number | undefined)[],
): ScalarProgram {
  let cells = 0;
  const span = (size: number): Span => {
    const start = cells;
    cells += size;
    return { start, size };
  };
  const inputSpans = expanded.inputs.map((places) => span(places.length));
  const outputSpans = outputs.map((output, k) => {
    const alias = aliases[k];
    return alias === undefined ? span(output.size) : (inputSpans[alias] as Span);
  });
  const inputCells = new Map(
    expanded.inputs.flatMap((places, i) =>
      places.map((place, k) => [place, (inputSpans[i] as Span).start + k] as const),
    ),
  );
  const stores = expanded.outputs.flatMap((places, k) =>
    places.map((place, i) => ({ place, cell: (outputSpans[k] as Span).start + i })),
  );
  const changes = stores.filter(({ place, cell }) => inputCells.get(place) !== cell);
  const live = liveParts(expanded, changes);
  const loads = new Map([...inputCells].filter(([place]) => live.used.has(place)));
  return {
    steps: live.steps,
    constants: live.constants,
    loads,
    stores: changes,
    inputs: inputSpans,
    outputs: outputSpans,
    cells,
  };
}

interface LiveParts {
  readonly steps: readonly Step[];
  readonly constants: ReadonlyMap<Place, number>;
  readonly used: ReadonlySet<Place>;
}

/** What the stores depend on. */
function liveParts({ graph }: Expanded, stores: readonly Store[]): LiveParts {
  const used = new Set(stores.map(({ place }) => place));
  const steps: Step[] = [];
  const constants = new Map<Place, number>();
  for (let place = graph.nodes.length - 1; place >= 0; place--) {
    const node = graph.nodes[place];
    if (node === undefined || !used.has(place)) continue;
    if (node.number !== undefined) constants.set(place, node.number);
    if (node.op === undefined) continue;
    steps.push({ op: node.op, operands: node.operands, place });
    for (const operand of node.operands) used.add(operand);
  }
  return { steps: steps.reverse(), constants, used };
}
