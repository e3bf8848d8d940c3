// Loops that apply a function of numbers element by element to plain data, with broadcasting.

import { broadcastIndices } from "../arithmetic.ts";
import {
  allocate,
  broadcastPair,
  type DType,
  roundTo,
  SCALAR,
  type Shape,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../shape.ts";
import { ConcreteTensor, dataOf } from "../tensor.ts";

/** A function of as many numbers as there are operands. */
export type NumberFunction = (...operands: number[]) => number;

export function mapNumbers(
  operation: string,
  f: NumberFunction,
  operands: readonly ConcreteTensor[],
  dtype: DType,
  weak: boolean,
): ConcreteTensor {
  const shape = commonShape(operation, operands);
  if (shape.length === 0) {
    return new ConcreteTensor(SCALAR, dtype, roundTo(dtype, callScalars(f, operands)), weak);
  }
  const result = allocate(dtype, sizeOf(shape));
  if (operands.length === 1) mapOne(f, dataOf(operands[0] as ConcreteTensor), result);
  else if (operands.length === 2) mapTwo(f, operands, shape, result);
  else if (operands.length === 3) mapThree(f, operands, shape, result);
  else mapMany(f, operands, shape, result);
  return new ConcreteTensor(shape, dtype, result, weak);
}

function commonShape(operation: string, operands: readonly ConcreteTensor[]): Shape {
  let shape = operands[0]?.shape ?? SCALAR;
  for (let i = 1; i < operands.length; i++) {
    shape = broadcastPair(operation, shape, (operands[i] as ConcreteTensor).shape);
  }
  return shape;
}

function callScalars(f: NumberFunction, operands: readonly ConcreteTensor[]): number {
  const first = operands[0];
  const second = operands[1];
  const third = operands[2];
  if (first === undefined) return f();
  if (second === undefined) return f(first.at(0));
  if (third === undefined) return f(first.at(0), second.at(0));
  if (operands.length === 3) return f(first.at(0), second.at(0), third.at(0));
  return f(...operands.map((operand) => operand.at(0)));
}

function mapOne(f: NumberFunction, x: TypedArray, result: TypedArray): void {
  for (let i = 0; i < result.length; i++) result[i] = f(x[i] as number);
}

function mapTwo(
  f: NumberFunction,
  operands: readonly ConcreteTensor[],
  shape: Shape,
  result: TypedArray,
): void {
  const [x, y] = operands as readonly [ConcreteTensor, ConcreteTensor];
  const a = dataOf(x);
  const b = dataOf(y);
  if (b.length === 1) {
    const second = b[0] as number;
    for (let i = 0; i < result.length; i++) result[i] = f(a[i] as number, second);
  } else if (a.length === 1) {
    const first = a[0] as number;
    for (let i = 0; i < result.length; i++) result[i] = f(first, b[i] as number);
  } else if (sameShape(x.shape, y.shape)) {
    for (let i = 0; i < result.length; i++) result[i] = f(a[i] as number, b[i] as number);
  } else {
    const places = broadcastIndices(x.shape, shape);
    const others = broadcastIndices(y.shape, shape);
    for (let i = 0; i < result.length; i++) {
      result[i] = f(a[places[i] as number] as number, b[others[i] as number] as number);
    }
  }
}

function mapMany(
  f: NumberFunction,
  operands: readonly ConcreteTensor[],
  shape: Shape,
  result: TypedArray,
): void {
  const sources = operands.map(dataOf);
  const indices = operands.map((operand) => placesIn(operand, shape));
  const elements = new Array<number>(operands.length).fill(0);
  for (let i = 0; i < result.length; i++) {
    for (let k = 0; k < sources.length; k++) {
      elements[k] = (sources[k] as TypedArray)[indices[k]?.[i] ?? i] as number;
    }
    result[i] = f(...elements);
  }
}

/** For each element of the result the place of the operand's; undefined where they stand at the same places. */
function placesIn(operand: ConcreteTensor, shape: Shape): Int32Array | undefined {
  return sameShape(operand.shape, shape) ? undefined : broadcastIndices(operand.shape, shape);
}

/** Three operands are what a chain rule has: the cotangent, x and the output. */
function mapThree(
  f: NumberFunction,
  operands: readonly ConcreteTensor[],
  shape: Shape,
  result: TypedArray,
): void {
  const x = dataOf(operands[0] as ConcreteTensor);
  const y = dataOf(operands[1] as ConcreteTensor);
  const z = dataOf(operands[2] as ConcreteTensor);
  const first = placesIn(operands[0] as ConcreteTensor, shape);
  const second = placesIn(operands[1] as ConcreteTensor, shape);
  const third = placesIn(operands[2] as ConcreteTensor, shape);
  for (let i = 0; i < result.length; i++) {
    result[i] = f(
      x[first === undefined ? i : (first[i] as number)] as number,
      y[second === undefined ? i : (second[i] as number)] as number,
      z[third === undefined ? i : (third[i] as number)] as number,
    );
  }
}
