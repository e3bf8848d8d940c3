// Wrong calls: every message names the operation and the shapes that came, and says what to do.

import { describe, expect, it } from "vitest";
import {
  add,
  at,
  averagePool2d,
  batchNorm,
  broadcastTo,
  cholesky,
  clip,
  concat,
  conv1d,
  conv2d,
  convTranspose2d,
  crossEntropy,
  det,
  divide,
  embedding,
  eye,
  grad,
  groupNorm,
  hypot,
  inverse,
  layerNorm,
  less,
  lstsq,
  matmul,
  maximum,
  meanSquaredError,
  multiply,
  norm,
  pad,
  pow,
  qr,
  reshape,
  SymtapeError,
  scaledDotProductAttention,
  scatterAdd,
  solve,
  split,
  squeeze,
  stack,
  svd,
  type Tensor,
  takeAlongAxis,
  tensor,
  topK,
  trace,
  triangularSolve,
  tril,
  where,
  zeros,
} from "../../src/autodiff/index.ts";

/** Zeros of a shape. */
function z(...shape: readonly number[]): Tensor {
  return zeros(shape);
}

function int32(values: readonly number[]): Tensor {
  return tensor(values, { dtype: "int32" });
}

type Row = readonly [
  operation: string,
  shapes: readonly string[],
  remedy: RegExp,
  call: () => unknown,
];

const BROADCAST = /equal or 1, aligned at the right; reshape/;
const BATCHES = /leading axes .* equal or 1, aligned at the right; reshape/;
const SCALE = /reshape or broadcastTo/;

const rows: readonly Row[] = [
  ["add", ["[2,3]", "[4]"], BROADCAST, () => add(z(2, 3), z(4))],
  ["multiply", ["[2,3]", "[2]"], BROADCAST, () => multiply(z(2, 3), z(2))],
  ["divide", ["[3]", "[2]"], BROADCAST, () => divide(z(3), z(2))],
  ["pow", ["[3,1]", "[2,2]"], BROADCAST, () => pow(z(3, 1), z(2, 2))],
  ["maximum", ["[3]", "[2]"], BROADCAST, () => maximum(z(3), z(2))],
  ["hypot", ["[3]", "[2]"], BROADCAST, () => hypot(z(3), z(2))],
  ["less", ["[3]", "[2]"], BROADCAST, () => less(z(3), z(2))],
  ["where", ["[2]", "[3]"], BROADCAST, () => where(z(2), z(3), 1)],
  ["clip", ["[2]", "[3]"], BROADCAST, () => clip(z(2), z(3), 1)],
  ["matmul", ["[2,3]", "[2,3]"], /Transpose/, () => matmul(z(2, 3), z(2, 3))],
  ["matmul", ["[3]", "[4]"], /Transpose/, () => matmul(z(3), z(4))],
  ["matmul", ["[2,2,3]", "[3,3,4]"], BATCHES, () => matmul(z(2, 2, 3), z(3, 3, 4))],
  ["solve", ["[2,3,3]", "[3,3,1]"], BATCHES, () => solve(z(2, 3, 3), z(3, 3, 1))],
  ["matmul", ["[2,3]", "[]"], /Use multiply/, () => matmul(z(2, 3), 2)],
  ["trace", ["[3]"], /Reshape it to two axes/, () => trace(z(3))],
  ["det", ["[2,3]"], /lstsq\(\) and pinv\(\)/, () => det(z(2, 3))],
  ["inverse", ["[2,3]"], /lstsq\(\) and pinv\(\)/, () => inverse(z(2, 3))],
  ["cholesky", ["[2,3]"], /square/, () => cholesky(z(2, 3))],
  ["qr", ["[3]"], /Reshape/, () => qr(z(3))],
  ["svd", ["[3]"], /Reshape/, () => svd(z(3))],
  ["solve", ["[3,3]", "[4]"], /expected 3 rows/, () => solve(eye(3), z(4))],
  [
    "triangularSolve",
    ["[3,3]", "[4,2]"],
    /expected 3 rows/,
    () => triangularSolve(eye(3), z(4, 2)),
  ],
  ["lstsq", ["[2,4]"], /pinv/, () => lstsq(z(2, 4), z(2))],
  ["reshape", ["[2,3]", "[4,2]"], /-1 stands for one free size/, () => reshape(z(2, 3), [4, 2])],
  ["reshape", ["[2,3]", "[4,-1]"], /Only one size may be free/, () => reshape(z(2, 3), [4, -1])],
  ["broadcastTo", ["[2,3]", "[2,4]"], BROADCAST, () => broadcastTo(z(2, 3), [2, 4])],
  ["squeeze", ["[2,3]"], /index\(\)/, () => squeeze(z(2, 3), { axis: 0 })],
  ["stack", ["[2]", "[3]"], /need one shape/, () => stack([z(2), z(3)])],
  ["concat", ["[2,3]", "[2,4]"], /Reshape/, () => concat([z(2, 3), z(2, 4)])],
  ["split", ["[5]"], /Give the sizes/, () => split(z(5), 2)],
  ["split", ["[5]"], /fill the axis/, () => split(z(5), [2, 2])],
  [
    "takeAlongAxis",
    ["[1]", "[2,3]"],
    /Reshape the places/,
    () => takeAlongAxis(z(2, 3), int32([0]), { axis: 0 }),
  ],
  ["scatterAdd", ["[3]", "[2]"], /broadcasts to it/, () => scatterAdd(z(3), int32([0, 1]), z(3))],
  ["at", ["[3]", "[2]"], /broadcasts to it/, () => at(z(3), [{ stop: 2 }]).set(z(3))],
  ["pad", ["[2,3]"], /2 pairs/, () => pad(z(2, 3), [[1, 1]])],
  ["tril", ["[3]"], /diag\(\)/, () => tril(z(3))],
  ["topK", ["[3]"], /from 0 to 3/, () => topK(z(3), 4)],
  ["norm", ["[3]"], /Name them/, () => norm(z(3), { ord: "fro" })],
  ["conv1d", ["[1,2,5]", "[3,1,3]"], /w needs the shape/, () => conv1d(z(1, 2, 5), z(3, 1, 3))],
  ["conv1d", ["[2,5]", "[3,1,3]"], /Reshape/, () => conv1d(z(2, 5), z(3, 1, 3))],
  [
    "conv2d",
    ["[1,1,2,2]"],
    /smaller window or more padding/,
    () => conv2d(z(1, 1, 2, 2), z(1, 1, 3, 3)),
  ],
  [
    "convTranspose2d",
    ["[1,2,3,3]", "[3,1,2,2]"],
    /w needs the shape/,
    () => convTranspose2d(z(1, 2, 3, 3), z(3, 1, 2, 2)),
  ],
  [
    "averagePool2d",
    ["[1,1,2,2]"],
    /smaller window or more padding/,
    () => averagePool2d(z(1, 1, 2, 2), { size: 3 }),
  ],
  ["layerNorm", ["[2,3]", "[4]"], SCALE, () => layerNorm(z(2, 3), { scale: z(4) })],
  ["batchNorm", ["[2,3]", "[2]"], SCALE, () => batchNorm(z(2, 3), { mean: z(2), variance: z(3) })],
  ["groupNorm", ["[1,3,2]"], /divide into 2 groups/, () => groupNorm(z(1, 3, 2), 2)],
  [
    "scaledDotProductAttention",
    ["[2,3]", "[2,4]"],
    /Transpose or reshape/,
    () => scaledDotProductAttention(z(2, 3), z(2, 4), z(2, 3)),
  ],
  [
    "crossEntropy",
    ["[2,3]", "[3]"],
    /one class for each example/,
    () => crossEntropy(z(2, 3), int32([0, 1, 2])),
  ],
  [
    "meanSquaredError",
    ["[2,3]", "[2,4]"],
    /must be equal/,
    () => meanSquaredError(z(2, 3), z(2, 4)),
  ],
  ["embedding", ["[3]"], /gather\(\)/, () => embedding(z(3), [0])],
  ["tensor", ["[2,2]"], /do not fill/, () => tensor([1, 2, 3], { shape: [2, 2] })],
  ["item", ["[2]"], /toArray\(\)/, () => z(2).item()],
  ["grad", ["[2]"], /sum\(\) or mean\(\)/, () => grad((x: Tensor) => x)(z(2))],
];

describe("a wrong call names the operation, the shapes and the remedy:", () => {
  it.each(rows)("%s of %j", (operation, shapes, remedy, call) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SymtapeError);
    const { message } = error as SymtapeError;
    expect(message.startsWith(`${operation}: `), message).toBe(true);
    for (const shape of shapes) expect(message).toContain(shape);
    expect(message).toMatch(remedy);
  });
});
