// Products, factorizations and equations of matrices.

export { cholesky } from "./cholesky.ts";
export { cofactors } from "./cofactors.ts";
export { type CrossOptions, cross } from "./cross.ts";
export { det, type SignAndLogarithm, slogdet } from "./determinant.ts";
export { dot } from "./dot.ts";
export { type EigenvaluesAndVectors, eigh } from "./eigh.ts";
export { einsum } from "./einsum.ts";
export { expm } from "./expm.ts";
export { inverse, solve } from "./inverse.ts";
export { lstsq } from "./lstsq.ts";
export { matmul, outer } from "./matmul.ts";
export { type PseudoinverseOptions, pinv } from "./pinv.ts";
export { type OrthonormalAndTriangular, qr } from "./qr.ts";
export { type SingularValuesAndVectors, svd } from "./svd.ts";
export { trace } from "./trace.ts";
export { type TriangularOptions, triangularSolve } from "./triangular.ts";
