// The operations of this folder.

export { meanOp, sumOp } from "./sum.ts";
