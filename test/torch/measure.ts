// What our functions give for a case: values, the gradient, and the Hessian's product with a direction.

import {
  add,
  type ConcreteTensor,
  grad,
  jvp,
  multiply,
  scalar,
  square,
  sum,
  type Tensor,
} from "../../src/autodiff/index.ts";
import { callOn } from "./call.ts";
import { type ByOperand, type Stored, type TorchCase, tensorOf } from "./fixture.ts";

export interface Measured {
  readonly outputs: readonly ConcreteTensor[];
  /** By each operand that the case has a gradient by; empty for a case without derivatives. */
  readonly gradient: readonly ConcreteTensor[];
  /** The product with the Hessian, once by reverse mode and once by forward mode over it. */
  readonly reverseProduct: readonly ConcreteTensor[];
  readonly forwardProduct: readonly ConcreteTensor[];
}

/** The operands that there are derivatives by. */
export function activeOperands({ gradients = [] }: TorchCase): number[] {
  return gradients.flatMap((gradient, place) => (gradient === null ? [] : [place]));
}

export function measure(one: TorchCase): Measured {
  const point = activeTensors(one, one.inputs);
  const first = one.gradients !== undefined;
  const second = one.product !== undefined;
  const direction = activeTensors(one, one.direction ?? []);
  return {
    outputs: concrete(callOn(one, one.inputs.map(tensorOf))),
    gradient: first ? concrete(gradientOf(one)(point)) : [],
    reverseProduct: second ? concrete(reverseOverReverse(one, direction)(point)) : [],
    forwardProduct: second ? concrete(jvp(gradientOf(one))(point, direction).tangent) : [],
  };
}

type OfOperands = (varying: readonly Tensor[]) => readonly Tensor[];

/** The gradient of the weighted sum by the active operands, as a function of them. */
export function gradientOf(one: TorchCase): OfOperands {
  return (varying) => grad(weightedSum(one))(varying);
}

/** The gradient of the slope in the direction. */
function reverseOverReverse(one: TorchCase, direction: readonly Tensor[]): OfOperands {
  const slope = (varying: readonly Tensor[]): Tensor =>
    gradientOf(one)(varying)
      .map((partial, i) => sum(multiply(partial, direction[i] as Tensor)))
      .reduce((left, right) => add(left, right));
  return (varying) => grad(slope)(varying);
}

/** The sum of all outputs, or of their squares, with the weights of the case. */
function weightedSum(one: TorchCase): (varying: readonly Tensor[]) => Tensor {
  const inputs = one.inputs.map(tensorOf);
  const active = activeOperands(one);
  return (varying) => {
    const operands = inputs.map((input, place) => varying[active.indexOf(place)] ?? input);
    return callOn(one, operands)
      .filter((_, i) => one.outputs[i]?.dtype === undefined)
      .reduce<Tensor>((total, output, i) => {
        const size = one.squares === true ? square(output) : output;
        return add(total, sum(multiply(tensorOf(one.weights?.[i] as Stored), size)));
      }, scalar(0));
  };
}

function activeTensors(one: TorchCase, stored: ByOperand): Tensor[] {
  return activeOperands(one).flatMap((place) => {
    const operand = stored[place];
    return operand === undefined || operand === null ? [] : [tensorOf(operand)];
  });
}

function concrete(values: readonly Tensor[]): ConcreteTensor[] {
  return values.map((value) => value.concrete("measure"));
}
