// Products, factorizations and equations of matrices.

export { matmul, outer } from "./matmul.ts";
