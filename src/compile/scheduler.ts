// From a lowered graph to stages: what is computed at the same indices becomes one loop.

import { type Node, reachable, type SymbolicTensor } from "../expr/graph.ts";
import type { Fold, Lowering, MatrixProduct, Piece, Pieces, Walk } from "../expr/lowering.ts";
import { where } from "../expr/ops/comparison.ts";
import { inputOp } from "../expr/ops/leaves.ts";
import { pointwiseFunctions } from "../expr/ops/tensor-arithmetic.ts";
import { type DType, isFloat, promote, type Shape, sizeOf, stridesOf } from "../expr/shape.ts";
import { Group } from "./group.ts";
import type { Buffer, Schedule, Stage } from "./schedule.ts";
import { type Access, contiguous, isContiguous, repeated, squeezed, through } from "./walks.ts";

/** Where a value comes from once it has been scheduled. */
interface Origin {
  /** The first stage that may read it from memory. */
  ready: number;
  buffer: number | undefined;
  /** The loop that computes it, and its place there. */
  readonly group?: Group;
  readonly place?: number;
}

/** A value in the memory of another. */
interface Source {
  readonly base: SymbolicTensor;
  readonly access: Access;
}

/**
 * The stages that compute `outputs` from `inputs`, which belong to a lowered graph. `aliases` names the input in whose
 * memory an output is carried over to the next run, if there is one.
 */
export function makeSchedule(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  aliases: readonly (number | undefined)[] = [],
): Schedule {
  const scheduler = new Scheduler(inputs);
  for (const node of reachable(outputs)) scheduler.place(node);
  return scheduler.finish(outputs, aliases);
}

class Scheduler {
  readonly #buffers: Buffer[] = [];
  /** Loops and other stages, at their positions. */
  readonly #steps: (Group | Stage)[] = [];
  readonly #origins = new Map<SymbolicTensor, Origin>();
  readonly #sources = new Map<SymbolicTensor, Source>();
  /** The youngest loop over each space of indices. */
  readonly #youngest = new Map<string, Group>();
  readonly #inputs: readonly number[];

  constructor(inputs: readonly SymbolicTensor[]) {
    this.#inputs = inputs.map((input) => this.#held(input, "input"));
  }

  #held(value: SymbolicTensor, holds: "input" | "constant"): number {
    const data = value.node.value;
    const buffer =
      this.#buffers.push({
        dtype: value.dtype,
        size: value.size,
        holds,
        ...(data !== undefined && { data }),
      }) - 1;
    this.#origins.set(value, { ready: 0, buffer });
    this.#sources.set(value, { base: value, access: contiguous(value.shape) });
    return buffer;
  }

  #newBuffer(dtype: DType, size: number): number {
    return this.#buffers.push({ dtype, size, holds: "nothing" }) - 1;
  }

  place(node: Node): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    if (node.op === inputOp) return;
    if (node.value !== undefined) {
      if (node.value.size > 1) this.#held(value, "constant");
      else this.#sources.set(value, { base: value, access: contiguous(value.shape) });
      return;
    }
    for (const output of node.outputs) {
      this.#sources.set(output, { base: output, access: contiguous(output.shape) });
    }
    if (node.outputs.every((output) => output.size === 0)) this.#evaluate(node);
    else if (pointwiseFunctions().get(node.op.name)?.op === node.op) this.#pointwise(node);
    else this.#structured(node, node.op.lower?.(node.inputs, node.params));
  }

  #structured(node: Node, lowering: Lowering | undefined): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    const [operand] = node.inputs as readonly [SymbolicTensor];
    switch (lowering?.kind) {
      case "same":
        if (value.dtype === operand.dtype) {
          this.#view(value, operand, { offset: 0, strides: stridesOf(value.shape) });
        } else this.#cast(value, operand);
        return;
      case "view":
        if (!this.#guarded(value, operand, lowering)) this.#view(value, operand, lowering);
        return;
      case "pieces":
        this.#pieces(node, lowering);
        return;
      case "fold":
        if (operand.size === 0 || operand.dtype !== value.dtype) this.#evaluate(node);
        else this.#fold(value, operand, lowering);
        return;
      case "product":
        this.#product(node, lowering);
        return;
      case "special": {
        const call = { settings: lowering.settings, inputs: node.inputs, outputs: node.outputs };
        this.#whole(node, (reads, writes) => ({
          kind: "special",
          kernel: lowering.kernel,
          call,
          node,
          reads,
          writes,
        }));
        return;
      }
      default:
        this.#evaluate(node);
    }
  }

  /** A walk with guards over an operand; false where it has none. */
  #guarded(
    value: SymbolicTensor,
    operand: SymbolicTensor,
    view: Extract<Lowering, { kind: "view" }>,
  ): boolean {
    const { guards = [], fill = 0 } = view;
    if (guards.length === 0) return false;
    const base = this.#materialized(operand);
    const access: Access = { offset: view.offset, strides: view.strides, guards, fill };
    this.#sources.set(value, { base, access });
    return true;
  }

  #view(value: SymbolicTensor, operand: SymbolicTensor, walk: Walk): void {
    const source = this.#sourceOf(operand);
    const access = through(walk, value.shape, source.access, operand.shape);
    if (access !== undefined) {
      this.#sources.set(value, { base: source.base, access });
      return;
    }
    const base = this.#materialized(operand);
    this.#sources.set(value, {
      base,
      access: { offset: walk.offset, strides: walk.strides, guards: [], fill: 0 },
    });
  }

  #sourceOf(value: SymbolicTensor): Source {
    return this.#sources.get(value) as Source;
  }

  #pointwise(node: Node): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    const operands = node.inputs.map((input) => this.#operand(input, value.shape));
    const group = this.#groupFor(value.shape, operands);
    const places = operands.map((source) => this.#use(group, source));
    const types = operandTypes(node, value.dtype);
    const typed = places.map((place, i) => group.cast(place, types[i] as DType));
    const place = group.apply(node.op.name, value.dtype, typed);
    this.#computed(value, group, place);
  }

  #cast(value: SymbolicTensor, input: SymbolicTensor): void {
    const operand = this.#operand(input, input.shape);
    const group = this.#groupFor(value.shape, [operand]);
    this.#computed(value, group, group.cast(this.#use(group, operand), value.dtype));
  }

  #computed(value: SymbolicTensor, group: Group, place: number): void {
    this.#origins.set(value, { ready: group.position + 1, buffer: undefined, group, place });
  }

  #fold(value: SymbolicTensor, input: SymbolicTensor, { fold, axes }: Fold): void {
    const { shape } = input;
    const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    const flags = shape.flatMap((length, axis) => (length === 1 ? [] : [axes.includes(axis)]));
    const operand = this.#operand(input, shape);
    const group = this.#groupFor(shape, [operand], flags);
    const place = this.#use(group, operand);
    const walk = squeezed(repeated(contiguous(kept), kept, shape), shape);
    const buffer = this.#newBuffer(value.dtype, value.size);
    if (flags.includes(true)) group.fold(buffer, value.dtype, place, fold, flags, walk);
    else group.store(buffer, value.dtype, place, walk);
    this.#origins.set(value, { ready: group.position + 1, buffer });
  }

  #product(node: Node, product: MatrixProduct): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    const { dtype } = value;
    const [left, right] = node.inputs as readonly [SymbolicTensor, SymbolicTensor];
    if (
      (dtype !== "float64" && dtype !== "float32") ||
      left.dtype !== dtype ||
      right.dtype !== dtype
    ) {
      this.#evaluate(node);
      return;
    }
    const { batch, rows, inner, columns } = product;
    const first = this.#factor(left, product.left, [...batch, rows, inner]);
    const second = this.#factor(right, product.right, [...batch, inner, columns]);
    const reads = [this.#bufferOf(first.base), this.#bufferOf(second.base)] as const;
    const buffer = this.#newBuffer(dtype, value.size);
    const ready = this.#add({
      kind: "product",
      product: { ...product, left: walkOf(first.access), right: walkOf(second.access) },
      dtype,
      reads,
      writes: [buffer],
    });
    this.#origins.set(value, { ready, buffer });
  }

  /** A factor of a matrix product: where it can be walked without guards, it is read in its place. */
  #factor(value: SymbolicTensor, walk: Walk, shape: Shape): Source {
    const { base, access } = this.#sourceOf(value);
    const found =
      access.guards.length === 0 ? through(walk, shape, access, value.shape) : undefined;
    if (found !== undefined) return { base, access: found };
    return { base: this.#materialized(value), access: { ...walk, guards: [], fill: 0 } };
  }

  #pieces(node: Node, { background, pieces }: Pieces): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    const buffer = this.#newBuffer(value.dtype, value.size);
    const strides = stridesOf(value.shape);
    const covered = pieces.reduce(
      (total, { operand }) => total + sizeOf(shapeAt(node, operand)),
      0,
    );
    let ready = 0;
    const lay = (input: SymbolicTensor | number, shape: Shape, walk: Access): number => {
      const operand = typeof input === "number" ? undefined : this.#operand(input, shape);
      const sources = operand === undefined ? [] : [operand];
      const group = this.#groupFor(shape, sources, undefined, ready);
      const place =
        operand === undefined
          ? group.number(value.dtype, input as number)
          : group.cast(this.#use(group, operand), value.dtype);
      group.store(buffer, value.dtype, place, squeezed(walk, shape));
      return group.position + 1;
    };
    const whole = contiguous(value.shape);
    if (typeof background !== "number") {
      ready = lay(node.inputs[background.operand] as SymbolicTensor, value.shape, whole);
    } else if (covered !== value.size) ready = lay(background, value.shape, whole);
    let last = ready;
    for (const piece of pieces) {
      const input = node.inputs[piece.operand] as SymbolicTensor;
      if (input.size === 0) continue;
      last = Math.max(last, lay(input, input.shape, pieceWalk(piece, strides)));
      if (covered > value.size) ready = last;
    }
    this.#origins.set(value, { ready: last, buffer });
  }

  #evaluate(node: Node): void {
    this.#whole(node, (reads, writes) => ({ kind: "evaluate", node, reads, writes }));
  }

  /** A stage that takes whole operands, one element after the other. */
  #whole(node: Node, make: (reads: number[], writes: number[]) => Stage): void {
    const reads = node.inputs.map((input) => this.#bufferOf(this.#materialized(input)));
    const writes = node.outputs.map((output) => this.#newBuffer(output.dtype, output.size));
    const ready = this.#add(make(reads, writes));
    node.outputs.forEach((output, i) => {
      this.#origins.set(output, { ready, buffer: writes[i] as number });
    });
  }

  #add(stage: Stage): number {
    return this.#steps.push(stage);
  }

  /** The value as the loop over `shape` reads it. */
  #operand(value: SymbolicTensor, shape: Shape): Source {
    const { base, access } = this.#sourceOf(value);
    return { base, access: squeezed(repeated(access, value.shape, shape), shape) };
  }

  /** The youngest loop over the space, if all operands are there by then, or else a new one. */
  #groupFor(
    shape: Shape,
    operands: readonly Source[],
    folded?: readonly boolean[],
    earliest = 0,
  ): Group {
    const extents = shape.filter((length) => length !== 1);
    const key = extents.join();
    const youngest = this.#youngest.get(key);
    if (
      youngest !== undefined &&
      youngest.position >= earliest &&
      youngest.takes(folded) &&
      operands.every((operand) => this.#isReady(operand, youngest))
    ) {
      return youngest;
    }
    const group = new Group(this.#steps.length, extents);
    this.#steps.push(group);
    this.#youngest.set(key, group);
    return group;
  }

  #isReady(operand: Source, group: Group): boolean {
    const origin = this.#origins.get(operand.base);
    if (origin === undefined) return true;
    if (origin.group === group) return isContiguous(operand.access, group.extents);
    return origin.ready <= group.position;
  }

  /** The value in a loop: a number, what the loop has computed, or a load. */
  #use(group: Group, { base, access }: Source): number {
    const constant = base.node.value;
    if (constant?.size === 1 && access.guards.length === 0) {
      return group.number(base.dtype, constant.at(0));
    }
    const origin = this.#origins.get(base);
    if (origin?.group === group && isContiguous(access, group.extents))
      return origin.place as number;
    return group.load(this.#bufferOf(base), base.dtype, access);
  }

  /** The same value with its elements one after the other in memory of its own, or of an input. */
  #materialized(value: SymbolicTensor): SymbolicTensor {
    const { base, access } = this.#sourceOf(value);
    if (isContiguous(access, value.shape) && base.size === value.size) return base;
    const operand = this.#operand(value, value.shape);
    const group = this.#groupFor(value.shape, [operand]);
    this.#computed(value, group, this.#use(group, operand));
    this.#sources.set(value, { base: value, access: contiguous(value.shape) });
    return value;
  }

  /** The buffer of a value that no view stands for; a loop stores it when it is first asked for. */
  #bufferOf(value: SymbolicTensor): number {
    let origin = this.#origins.get(value);
    if (origin === undefined) {
      this.#held(value, "constant");
      origin = this.#origins.get(value) as Origin;
    }
    if (origin.buffer !== undefined) return origin.buffer;
    origin.buffer = this.#newBuffer(value.dtype, value.size);
    const group = origin.group as Group;
    group.store(origin.buffer, value.dtype, origin.place as number, contiguous(group.extents));
    return origin.buffer;
  }

  /** The buffer of an output. An input that is carried over to another place is copied before it is overwritten. */
  #outputBuffer(output: SymbolicTensor, alias: number | undefined, isCarried: boolean): number {
    const base = this.#materialized(output);
    const buffer = this.#bufferOf(base);
    const isInput = this.#buffers[buffer]?.holds === "input";
    if (!isCarried || !isInput || this.#inputs[alias ?? -1] === buffer) return buffer;
    const operand = this.#operand(base, base.shape);
    const group = this.#groupFor(base.shape, [operand]);
    const copy = this.#newBuffer(base.dtype, base.size);
    group.store(copy, base.dtype, this.#use(group, operand), contiguous(group.extents));
    return copy;
  }

  finish(outputs: readonly SymbolicTensor[], aliases: readonly (number | undefined)[]): Schedule {
    const isCarried = aliases.some((alias) => alias !== undefined);
    const places = outputs.map((output, k) => this.#outputBuffer(output, aliases[k], isCarried));
    const stages = this.#steps.map((step): Stage => {
      if (!(step instanceof Group)) return step;
      const { loop, buffers } = step.finish();
      return { kind: "loop", loop, buffers, reads: [...step.reads], writes: [...step.writes] };
    });
    return { buffers: this.#buffers, stages, inputs: this.#inputs, outputs: places };
  }
}

function walkOf({ offset, strides }: Access): Walk {
  return { offset, strides };
}

function shapeAt(node: Node, operand: number): Shape {
  return (node.inputs[operand] as SymbolicTensor).shape;
}

/** Where the elements of a piece stand in the result. */
function pieceWalk({ start, steps }: Piece, strides: readonly number[]): Access {
  let offset = 0;
  for (let axis = 0; axis < strides.length; axis++) {
    offset += (start[axis] as number) * (strides[axis] as number);
  }
  const walked = strides.map((stride, axis) => stride * (steps[axis] as number));
  return { offset, strides: walked, guards: [], fill: 0 };
}

/** The dtypes in which a pointwise operation takes its operands. */
function operandTypes({ op, inputs }: Node, result: DType): readonly DType[] {
  const isChoice = op === where.op;
  const common = promote(isChoice ? inputs.slice(1) : inputs).dtype;
  const number = result === "bool" || isFloat(common) === isFloat(result) ? common : result;
  const shared = isFloat(result) && isFloat(common) ? result : number;
  return inputs.map((_, i) => (isChoice && i === 0 ? "bool" : shared));
}
