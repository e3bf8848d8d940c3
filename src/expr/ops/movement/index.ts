// Functions that move elements without computing.

export { takeAlongAxis } from "./along-axis.ts";
export { at, type Region } from "./at.ts";
export { expandDims, squeeze } from "./axes.ts";
export { concat, split } from "./concat.ts";
export { diag } from "./diagonal.ts";
export { type AxisOption, gather, take } from "./gather.ts";
export { index, stack, unstack } from "./indexing.ts";
export type { Indices } from "./indices.ts";
export { oneHot } from "./one-hot.ts";
export { type PadOptions, type PadWidths, pad } from "./pad.ts";
export type { AxisIndex, IndexRange } from "./places.ts";
export { repeat, tile } from "./repetition.ts";
export {
  broadcastTo,
  cast,
  moveAxis,
  reshape,
  transpose,
  transpose as permute,
} from "./reshape.ts";
export { flip, roll } from "./roll.ts";
export { scatterAdd } from "./scatter.ts";
export { type DiagonalOption, tril, triu } from "./triangle.ts";
