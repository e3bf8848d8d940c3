// From a lowered graph to stages: what is computed at the same indices becomes one loop.

import { type Node, reachable, type SymbolicTensor } from "../expr/graph.ts";
import type { Fold, Lowering, MatrixProduct, Piece, Pieces, Walk } from "../expr/lowering.ts";
import { where } from "../expr/ops/comparison.ts";
import { inputOp } from "../expr/ops/leaves.ts";
import { pointwiseFunctions } from "../expr/ops/tensor-arithmetic.ts";
import { type DType, isFloat, promote, type Shape, sizeOf, stridesOf } from "../expr/shape.ts";
import { Placement, type Source } from "./placement.ts";
import type { Schedule, Stage } from "./schedule.ts";
import { type Access, contiguous, repeated, squeezed, through } from "./walks.ts";

/**
 * The stages that compute `outputs` from `inputs`, which belong to a lowered graph. `aliases` names the input in whose
 * memory an output is carried over to the next run, if there is one.
 */
export function makeSchedule(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  aliases: readonly (number | undefined)[] = [],
): Schedule {
  const values = new Placement(inputs);
  const scheduler = new Scheduler(values);
  for (const node of reachable(outputs)) scheduler.place(node);
  return values.finish(outputs, aliases);
}

class Scheduler {
  readonly #values: Placement;

  constructor(values: Placement) {
    this.#values = values;
  }

  place(node: Node): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    if (node.op === inputOp) return;
    if (node.value !== undefined) {
      if (node.value.size > 1) this.#values.held(value, "constant");
      else this.#values.readFrom(value, { base: value, access: contiguous(value.shape) });
      return;
    }
    for (const output of node.outputs) {
      this.#values.readFrom(output, { base: output, access: contiguous(output.shape) });
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
    const base = this.#values.materialized(operand);
    const access: Access = { offset: view.offset, strides: view.strides, guards, fill };
    this.#values.readFrom(value, { base, access });
    return true;
  }

  #view(value: SymbolicTensor, operand: SymbolicTensor, walk: Walk): void {
    const source = this.#values.sourceOf(operand);
    const access = through(walk, value.shape, source.access, operand.shape);
    if (access !== undefined) {
      this.#values.readFrom(value, { base: source.base, access });
      return;
    }
    const base = this.#values.materialized(operand);
    this.#values.readFrom(value, {
      base,
      access: { offset: walk.offset, strides: walk.strides, guards: [], fill: 0 },
    });
  }

  #pointwise(node: Node): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    const operands = node.inputs.map((input) => this.#values.operand(input, value.shape));
    const group = this.#values.groupFor(value.shape, operands);
    const places = operands.map((source) => this.#values.use(group, source));
    const types = operandTypes(node, value.dtype);
    const typed = places.map((place, i) => group.cast(place, types[i] as DType));
    const place = group.apply(node.op.name, value.dtype, typed);
    this.#values.computed(value, group, place);
  }

  #cast(value: SymbolicTensor, input: SymbolicTensor): void {
    const operand = this.#values.operand(input, input.shape);
    const group = this.#values.groupFor(value.shape, [operand]);
    this.#values.computed(value, group, group.cast(this.#values.use(group, operand), value.dtype));
  }

  #fold(value: SymbolicTensor, input: SymbolicTensor, { fold, axes }: Fold): void {
    const { shape } = input;
    const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    const flags = shape.flatMap((length, axis) => (length === 1 ? [] : [axes.includes(axis)]));
    const operand = this.#values.operand(input, shape);
    const group = this.#values.groupFor(shape, [operand], flags);
    const place = this.#values.use(group, operand);
    const walk = squeezed(repeated(contiguous(kept), kept, shape), shape);
    const buffer = this.#values.newBuffer(value.dtype, value.size);
    if (flags.includes(true)) group.fold(buffer, value.dtype, place, fold, flags, walk);
    else group.store(buffer, value.dtype, place, walk);
    this.#values.stored(value, buffer, group.position + 1);
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
    const reads = [this.#values.bufferOf(first.base), this.#values.bufferOf(second.base)] as const;
    const buffer = this.#values.newBuffer(dtype, value.size);
    const ready = this.#values.add({
      kind: "product",
      product: { ...product, left: walkOf(first.access), right: walkOf(second.access) },
      dtype,
      reads,
      writes: [buffer],
    });
    this.#values.stored(value, buffer, ready);
  }

  /** A factor of a matrix product: where it can be walked without guards, it is read in its place. */
  #factor(value: SymbolicTensor, walk: Walk, shape: Shape): Source {
    const { base, access } = this.#values.sourceOf(value);
    const found =
      access.guards.length === 0 ? through(walk, shape, access, value.shape) : undefined;
    if (found !== undefined) return { base, access: found };
    return { base: this.#values.materialized(value), access: { ...walk, guards: [], fill: 0 } };
  }

  #pieces(node: Node, { background, pieces }: Pieces): void {
    const [value] = node.outputs as readonly [SymbolicTensor];
    const buffer = this.#values.newBuffer(value.dtype, value.size);
    const strides = stridesOf(value.shape);
    const covered = pieces.reduce(
      (total, { operand }) => total + sizeOf(shapeAt(node, operand)),
      0,
    );
    let ready = 0;
    const lay = (input: SymbolicTensor | number, shape: Shape, walk: Access): number => {
      const operand = typeof input === "number" ? undefined : this.#values.operand(input, shape);
      const sources = operand === undefined ? [] : [operand];
      const group = this.#values.groupFor(shape, sources, undefined, ready);
      const place =
        operand === undefined
          ? group.number(value.dtype, input as number)
          : group.cast(this.#values.use(group, operand), value.dtype);
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
    this.#values.stored(value, buffer, last);
  }

  #evaluate(node: Node): void {
    this.#whole(node, (reads, writes) => ({ kind: "evaluate", node, reads, writes }));
  }

  /** A stage that takes whole operands, one element after the other. */
  #whole(node: Node, make: (reads: number[], writes: number[]) => Stage): void {
    const reads = node.inputs.map((input) =>
      this.#values.bufferOf(this.#values.materialized(input)),
    );
    const writes = node.outputs.map((output) => this.#values.newBuffer(output.dtype, output.size));
    const ready = this.#values.add(make(reads, writes));
    node.outputs.forEach((output, i) => {
      this.#values.stored(output, writes[i] as number, ready);
    });
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
