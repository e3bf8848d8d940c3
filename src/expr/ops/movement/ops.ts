// The operations of this folder.

export { placeOp, sliceOp, stackOp } from "./indexing.ts";
export { broadcastToOp, castOp, reshapeOp, transposeOp } from "./reshape.ts";
