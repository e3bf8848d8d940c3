// The operations of this folder.

export { matmulOp, outerOp } from "./matmul.ts";
