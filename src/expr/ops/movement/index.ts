// Functions that move elements without computing.

export { type AxisIndex, type IndexRange, index, stack } from "./indexing.ts";
export { broadcastTo, cast, moveAxis, reshape, transpose } from "./reshape.ts";
