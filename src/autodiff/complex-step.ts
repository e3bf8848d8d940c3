// The complex step: a derivative without differences, from one run with an imaginary perturbation.

import type { NdArray } from "../expr/arithmetic.ts";
import { SymtapeError } from "../expr/errors.ts";
import type { Op, Params } from "../expr/op.ts";
import { allocate, type DType, type Shape } from "../expr/shape.ts";
import { ConcreteTensor, dataOf, Tensor, type Tracer } from "../expr/tensor.ts";
import { type Complex, complexArithmetic } from "./complex.ts";
import { atNextLevel } from "./tape.ts";

class ComplexTensor extends Tensor {
  readonly tracer: ComplexPass;
  readonly shape: Shape;
  readonly elements: ArrayLike<Complex>;
  readonly weak = false;

  constructor(tracer: ComplexPass, { shape, data }: NdArray<Complex>) {
    super();
    this.tracer = tracer;
    this.shape = shape;
    this.elements = data;
  }

  get dtype(): DType {
    return "float64";
  }

  /** The real parts: what comparisons in the program's own control flow look at. */
  concrete(): ConcreteTensor {
    return realPart({ shape: this.shape, data: this.elements }, "float64");
  }
}

class ComplexPass implements Tracer {
  readonly level: number;

  constructor(level: number) {
    this.level = level;
  }

  apply(op: Op, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    const operands = inputs.map((input) => this.#operand(input));
    const results = op.reference(complexArithmetic(), operands, params);
    if (!op.nondifferentiable) return results.map((result) => new ComplexTensor(this, result));
    const types = op.infer(inputs, params);
    return results.map((result, i) => realPart(result, (types[i] as Tensor).dtype));
  }

  /** A tensor that another transformation follows would lose its derivative here. */
  #operand(input: Tensor): NdArray<Complex> {
    if (input instanceof ComplexTensor && input.tracer === this) {
      return { shape: input.shape, data: input.elements };
    }
    return toComplex(input);
  }
}

/** What has no derivative, such as the places of a sort, is real. */
function realPart({ shape, data }: NdArray<Complex>, dtype: DType): ConcreteTensor {
  const real = allocate(dtype, data.length);
  for (let i = 0; i < real.length; i++) real[i] = (data[i] as Complex).re;
  return new ConcreteTensor(shape, dtype, real);
}

function toComplex(value: Tensor): NdArray<Complex> {
  if (value.tracer !== undefined) {
    throw new SymtapeError(
      "unsupported",
      "complex step: it takes plain numbers, and none that another derivative follows.",
      { operation: "complex step" },
    );
  }
  const data = dataOf(value.concrete("complex step"));
  return { shape: value.shape, data: Array.from(data, (re) => ({ re, im: 0 })) };
}

/**
 * So small beside x that its square vanishes even after cancellation, and large enough to stay a normal
 * number itself.
 */
function stepAt(x: number): number {
  const size = Math.abs(x);
  return size === 0 ? 1e-100 : Math.max(1e-100 * size, Math.min(1e-8 * size, 1e-290));
}

/**
 * The derivative of `f` by element `k` of argument `which`: Im f(x + ih) / h, whose step h is tiny beside x. No rule of differentiation
 * takes part; `f` must consist of operations that have a complex form.
 *
 * @throws SymtapeError (unsupported) if an operation has none.
 */
export function complexStep(
  f: (...leaves: Tensor[]) => Tensor,
  leaves: readonly Tensor[],
  which: number,
  k: number,
): number {
  return atNextLevel((level) => {
    const pass = new ComplexPass(level);
    let step = 1;
    const inputs = leaves.map((leaf, i) => {
      const { shape, data } = toComplex(leaf);
      const perturbed = Array.from(data);
      if (i === which) {
        const { re } = data[k] as Complex;
        step = stepAt(re);
        perturbed[k] = { re, im: step };
      }
      return new ComplexTensor(pass, { shape, data: perturbed });
    });
    const result = f(...inputs);
    if (!(result instanceof ComplexTensor) || result.tracer !== pass) return 0;
    return (result.elements[0] as Complex).im / step;
  });
}
