// What the contract suite looks at: every operation at every one of its samples.

import { expect, it } from "vitest";
import { applyAll } from "../../src/expr/apply.ts";
import {
  add,
  type ConcreteTensor,
  multiply,
  type NestedArray,
  type Op,
  type Params,
  scalar,
  sum,
  Tensor,
  tensor,
} from "../../src/expr/index.ts";
import { NO_PARAMS } from "../../src/expr/op.ts";
import { allOps } from "../../src/expr/ops/index.ts";
import { constantOp, inputOp } from "../../src/expr/ops/leaves.ts";
import { operandName } from "../../src/expr/ops/structured.ts";
import { dataOf } from "../../src/expr/tensor.ts";
import { type Composite, composites } from "./composites/index.ts";
import { type Check, skipOf } from "./skips.ts";

/** One operation at one sample, with a random direction and random weights that never change. */
export interface Subject {
  readonly op: Op;
  readonly params: Params;
  readonly sample: number;
  readonly inputs: readonly ConcreteTensor[];
  /** The operands that the operation has derivatives by. */
  readonly active: readonly number[];
  /** The function itself, where it is a composition of operations. */
  readonly call?: (operands: readonly Tensor[]) => readonly Tensor[];
}

/** Every operation but the two leaves, which hold values and compute nothing. */
export const contractOps: readonly Op[] = [...allOps().values()].filter(
  (op) => op !== inputOp && op !== constantOp,
);

/** A composition as the suite sees it: it has samples like an operation, and no rules of its own. */
function compositeOp({ name, cases, discrete = [] }: Composite): Op {
  return {
    ...(constantOp as Op),
    name,
    inputs: cases[0]?.inputs.map((_, i) => `x${i}`) ?? [],
    samples: cases,
    discrete: discrete.map((place) => `x${place}`),
  };
}

const compositions = new Map(composites.map((composite) => [compositeOp(composite), composite]));

function subjectsOf(op: Op): Subject[] {
  return op.samples.map(({ inputs, params = NO_PARAMS }, sample) => ({
    op,
    params,
    sample,
    inputs: inputs.map((input, i) => {
      const dtype = isDiscrete(op, i) ? "int32" : "float64";
      return typeof input === "number"
        ? scalar(input, dtype)
        : tensor(input as NestedArray, { dtype });
    }),
    active: inputs.flatMap((_, i) =>
      op.partials?.[op.inputs[i] as string] === "none" || isDiscrete(op, i) ? [] : [i],
    ),
    ...callOf(op, sample),
  }));
}

function callOf(op: Op, sample: number): Pick<Subject, "call"> {
  const found = compositions.get(op)?.cases[sample];
  if (found === undefined) return {};
  return {
    call: (operands) => {
      const result = found.call(...operands);
      return result instanceof Tensor ? [result] : result;
    },
  };
}

/** Whether an operand holds places, classes or keys. */
export function isDiscrete(op: Op, i: number): boolean {
  return op.discrete.includes(operandName(op, i));
}

/**
 * One test for each operation, which makes the claim at each of its samples. A sample on the skip list must
 * fail: a skip that is not needed any more is an error.
 */
export function eachOp(
  check: Check,
  claim: (subject: Subject) => void,
  applies: (op: Op) => boolean = () => true,
): void {
  eachOf(contractOps.filter(applies), check, claim);
}

/** The same for every operation and every composition of operations. */
export function eachFunction(
  check: Check,
  claim: (subject: Subject) => void,
  applies: (op: Op) => boolean = () => true,
): void {
  eachOf([...contractOps, ...compositions.keys()].filter(applies), check, claim);
}

function eachOf(ops: readonly Op[], check: Check, claim: (subject: Subject) => void): void {
  it.each(ops.map((op) => [op.name, op] as const))(`%s: ${check}`, (_, op) => {
    const subjects = subjectsOf(op);
    expect(subjects.length).toBeGreaterThan(0);
    for (const subject of subjects) {
      const skip = skipOf(check, op.name, subject.sample);
      if (skip === undefined) claim(subject);
      else expect(() => claim(subject), `this skip is not needed: ${skip.reason}`).toThrow();
    }
  });
}

export function run(subject: Subject, inputs: readonly Tensor[]): readonly Tensor[] {
  return subject.call?.(inputs) ?? applyAll(subject.op, inputs, subject.params);
}

/** The operands with those that vary put in their places. */
export function withActive(subject: Subject, varying: readonly Tensor[]): Tensor[] {
  const operands: Tensor[] = [...subject.inputs];
  subject.active.forEach((place, i) => {
    operands[place] = varying[i] as Tensor;
  });
  return operands;
}

export function activeInputs({ inputs, active }: Subject): ConcreteTensor[] {
  return active.map((place) => inputs[place] as ConcreteTensor);
}

/** Numbers that look random and are the same in every run (Park and Miller, 1988). */
function randomNumbers(name: string): () => number {
  let state = 1;
  for (const letter of name) state = (state * 31 + letter.charCodeAt(0)) % 2147483647;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < 4; i++) next();
  return next;
}

/** A factor of either sign between a half and one. */
function factor(random: () => number): number {
  return (random() < 0.5 ? -1 : 1) * (0.5 + random() / 2);
}

/** A direction to move the operands in, in proportion to the size of each element. */
export function directionOf(subject: Subject): ConcreteTensor[] {
  const random = randomNumbers(`${subject.op.name} ${subject.sample}`);
  return activeInputs(subject).map((input) =>
    tensor(
      Float64Array.from(dataOf(input), (x) => factor(random) * (Math.abs(x) || 1)),
      { shape: input.shape },
    ),
  );
}

/** Weights like the outputs. */
export function weightsOf(subject: Subject): ConcreteTensor[] {
  const random = randomNumbers(`weights ${subject.op.name} ${subject.sample}`);
  return run(subject, subject.inputs).map(({ shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tensor(
      Float64Array.from({ length: size }, () => factor(random)),
      { shape },
    );
  });
}

/** The sum of all products of an output with its weight: the operation as a scalar function. */
export function weighted(subject: Subject): (varying: readonly Tensor[]) => Tensor {
  const weights = weightsOf(subject);
  return (varying) => {
    const outputs = run(subject, withActive(subject, varying));
    const terms = outputs.map((output, i) => {
      const product = multiply(weights[i] as Tensor, output);
      return product.rank === 0 ? product : sum(product);
    });
    return terms.reduce((left, right) => add(left, right));
  };
}

/** The scalar function along the direction, from the sample at 1. */
export function alongDirection(subject: Subject): (t: number) => number {
  const f = weighted(subject);
  const direction = directionOf(subject);
  const start = activeInputs(subject);
  return (t) => f(moved(start, direction, t - 1)).item();
}

export function moved(
  start: readonly ConcreteTensor[],
  direction: readonly ConcreteTensor[],
  t: number,
): ConcreteTensor[] {
  return start.map((input, i) => {
    const step = direction[i] as ConcreteTensor;
    return tensor(
      Float64Array.from(dataOf(input), (x, k) => x + t * step.at(k)),
      { shape: input.shape },
    );
  });
}

/** The inner product, and the sum of the sizes of its terms. */
export function inner(
  left: readonly Tensor[],
  right: readonly Tensor[],
): { value: number; size: number } {
  let value = 0;
  let size = 0;
  left.forEach((tensor, i) => {
    const a = dataOf(tensor.concrete("inner"));
    const b = dataOf((right[i] as Tensor).concrete("inner"));
    for (let k = 0; k < a.length; k++) {
      const product = (a[k] as number) * (b[k] as number);
      value += product;
      size += Math.abs(product);
    }
  });
  return { value, size };
}

export function numbersIn(values: readonly Tensor[]): number[] {
  return values.flatMap((value) => Array.from(dataOf(value.concrete("numbersIn"))));
}

/** The unit in the last place of a float64; below 2^-1022 they are all the least subnormal. */
export function ulp(value: number): number {
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, Math.abs(value));
  const exponent = words.getUint32(0) >>> 20;
  return exponent <= 1 ? 2 ** -1074 : 2 ** (exponent - 1075);
}

/** Demands that two numbers differ by at most so much, relative to `size`; NaN agrees with NaN. */
export function expectNear(found: number, expected: number, relative: number, size = 0): void {
  if (Object.is(found, expected) || found === expected) return;
  const scale = Math.max(Math.abs(found), Math.abs(expected), size);
  const gap = Math.abs(found - expected) / scale;
  expect(gap, `${found} beside ${expected}`).toBeLessThanOrEqual(relative);
}
