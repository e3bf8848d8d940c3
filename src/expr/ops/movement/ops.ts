// The operations of this folder.

export { scatterAlongAxisOp, takeAlongAxisOp } from "./along-axis.ts";
export { concatOp } from "./concat.ts";
export { diagonalMatrixOp, diagonalOp } from "./diagonal.ts";
export { gatherOp, scatterOp } from "./gather.ts";
export { placeOp, sliceOp, stackOp } from "./indexing.ts";
export { oneHotOp } from "./one-hot.ts";
export { extendOp, padOp } from "./pad.ts";
export { ravelIndexOp } from "./ravel-index.ts";
export { broadcastToOp, castOp, reshapeOp, transposeOp } from "./reshape.ts";
export { rollOp } from "./roll.ts";
export { scatterAddOp, scatterSetOp } from "./scatter.ts";
export { setSliceOp } from "./set-slice.ts";
export { trilOp, triuOp } from "./triangle.ts";
