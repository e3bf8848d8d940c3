// Compositions in src/expr/ops/linalg.

import { cross, dot, einsum, type Tensor } from "../../../src/expr/index.ts";
import type { Composite } from "./composite.ts";

const matrix = [
  [1, 2, -3],
  [4, 0.5, 6],
];
const square = [
  [1.5, -2],
  [3, 4],
];
const vector = [2, -1, 0.5];

/** einsum of subscripts as a function of its operands. */
function summation(subscripts: string): (...operands: Tensor[]) => Tensor {
  return (...operands) => einsum(subscripts, ...operands);
}

export const linalg: readonly Composite[] = [
  {
    name: "dot",
    cases: [
      { inputs: [vector, [3, 4, -5]], call: dot as (...operands: Tensor[]) => Tensor },
      { inputs: [matrix, vector], call: dot as (...operands: Tensor[]) => Tensor },
      { inputs: [square, [matrix, matrix]], call: dot as (...operands: Tensor[]) => Tensor },
    ],
  },
  {
    name: "einsum of one operand",
    cases: [
      { inputs: [square], call: summation("ii") },
      { inputs: [square], call: summation("ii->i") },
      { inputs: [matrix], call: summation("ji") },
      { inputs: [[square, square]], call: summation("kij->i") },
      { inputs: [[square, square]], call: summation("iji->j") },
      { inputs: [[matrix]], call: summation("i...j->...j") },
    ],
  },
  {
    name: "einsum of two operands",
    cases: [
      { inputs: [square, matrix], call: summation("ij,jk->ik") },
      { inputs: [square, matrix], call: summation("ij,jk->ki") },
      { inputs: [square, vector], call: summation("ij,k") },
      { inputs: [matrix, matrix], call: summation("ij,ij->") },
      { inputs: [square, [matrix, matrix]], call: summation("b...,bij->bi...") },
      { inputs: [[square, square], [square]], call: summation("...ij,...jk->...ik") },
    ],
  },
  {
    name: "einsum of three operands",
    cases: [
      { inputs: [[2, 3], matrix, vector], call: summation("i,ij,j") },
      { inputs: [square, square, [3, -4]], call: summation("ij,jk,j->ik") },
    ],
  },
  {
    name: "cross",
    cases: [
      {
        inputs: [vector, [3, 4, -5]],
        call: (x, y) => cross(x as Tensor, y as Tensor),
      },
      { inputs: [matrix, vector], call: (x, y) => cross(x as Tensor, y as Tensor) },
      {
        inputs: [
          [[1], [2], [3]],
          [
            [2, 5],
            [-1, 0],
            [4, 3],
          ],
        ],
        call: (x, y) => cross(x as Tensor, y as Tensor, { axis: 0 }),
      },
    ],
  },
];
