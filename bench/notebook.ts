// One training step of the 3-2-2 sigmoid network in float64: the smallest work, where overheads are everything.

import { type Contender, FLOAT64, type Numbers, ready, trained } from "./contender.ts";
import { type GroupResult, runContests } from "./group.ts";
import {
  fourExponentials,
  INPUT,
  loopStep,
  RATE,
  START,
  straightLineStep,
  TARGET,
} from "./hand-written/network.ts";
import { descend, flat, input, start, target } from "./network-task.ts";
import { brain, jaxJs, scalarTape, tensorflow } from "./notebook-peers.ts";
import { type CompileOptions, compiled, symtape, type Tensor } from "./ours.ts";
import { pythonContender } from "./python.ts";
import type { Target } from "./targets.ts";

const x = Float64Array.from(INPUT);
const t = Float64Array.from(TARGET);

const straightLine: Contender = {
  name: "straight-line JavaScript",
  kind: "hand",
  tolerance: FLOAT64,
  make: () => {
    const p = Float64Array.from(START);
    const step = (): number => straightLineStep(p, x, t);
    return ready(() => trained(step, () => [p]), step);
  },
};

const loops: Contender = {
  name: "loops over typed arrays",
  kind: "hand",
  tolerance: FLOAT64,
  make: () => {
    const { step, parameters } = loopStep();
    return ready(
      () =>
        trained(
          () => step(x, t),
          () => [parameters()],
        ),
      () => step(x, t),
    );
  },
};

/** The step as a program that keeps its state; `inPlace` leaves the loss in the program's own output. */
function program(name: string, options: CompileOptions, inPlace: boolean): Contender {
  return {
    name,
    kind: "ours",
    tolerance: FLOAT64,
    make: async () => {
      const { compileStep } = await compiled();
      const step = compileStep(descend, start, [input, target], options);
      const call = (): Tensor => step(input, target);
      const check = (): Numbers =>
        trained(
          () => call().item(),
          () => [flat(step.state())],
        );
      return ready(check, inPlace ? () => step.run() : call);
    },
  };
}

const fresh: Contender = {
  name: "symtape recorded anew, tensors",
  kind: "ours",
  tolerance: FLOAT64,
  make: () => {
    let weights = start;
    const step = (): number => {
      const { state, result } = descend(weights, input, target);
      weights = state;
      return result.item();
    };
    return ready(() => trained(step, () => [flat(weights)]), step);
  },
};

const { add, multiply, sigmoid, square, subtract, valueAndGrad } = symtape;

/** A weighted sum of inputs and a bias, through a sigmoid; `p` holds a unit's weights and, at `bias`, its bias. */
function unit(
  p: readonly Tensor[],
  first: number,
  bias: number,
  inputs: readonly (Tensor | number)[],
): Tensor {
  let total = p[bias] as Tensor;
  inputs.forEach((value, j) => {
    total = add(total, multiply(p[first + j] as Tensor, value));
  });
  return sigmoid(total);
}

const scalarLoss = valueAndGrad((p: readonly Tensor[]) => {
  const hidden = [unit(p, 0, 6, INPUT), unit(p, 3, 7, INPUT)];
  const outputs = [unit(p, 8, 12, hidden), unit(p, 10, 13, hidden)];
  const errors = outputs.map((y, i) => square(subtract(y, TARGET[i] as number)));
  return multiply(0.5, add(errors[0] as Tensor, errors[1] as Tensor));
});

const freshScalars: Contender = {
  name: "symtape recorded anew, scalars",
  kind: "ours",
  tolerance: FLOAT64,
  make: () => {
    let p: readonly number[] = START;
    const step = (): number => {
      const { value, gradient } = scalarLoss(p as never);
      const slopes = gradient as unknown as readonly number[];
      p = p.map((weight, i) => weight - RATE * (slopes[i] as number));
      return value.item();
    };
    return ready(() => trained(step, () => [p]), step);
  },
};

const targets: readonly Target[] = [
  { of: "symtape compiled, run()", to: straightLine.name, atMost: 1.1 },
  { of: brain.name, to: "symtape compiled, run()", atLeast: 2 },
  { of: "symtape replayed", to: straightLine.name, atMost: 10 },
  { of: fresh.name, to: straightLine.name, atMost: 60 },
  { of: freshScalars.name, to: straightLine.name, atMost: 60 },
];

/** A step must do its four exponentials: a limit that takes much longer than they do is none. */
const exponentials: Contender = {
  name: "its four Math.exp alone",
  kind: "hand",
  tolerance: 0,
  make: () => {
    const p = Float64Array.of(0.3, 0.4);
    return ready(undefined, () => fourExponentials(p));
  },
};

export async function notebook(): Promise<GroupResult> {
  const contests = await runContests([
    {
      title: "The limit of the next table: a step beside the four exponentials that it needs",
      contenders: [exponentials, straightLine],
      targets: [{ of: straightLine.name, to: exponentials.name, atMost: 2.5 }],
      seconds: 2,
    },
    {
      title:
        "3-2-2 sigmoid network, one training step (gradient descent, half the squared error), float64",
      contenders: [
        straightLine,
        loops,
        program("symtape compiled, run()", {}, true),
        program("symtape compiled, step(x, t)", {}, false),
        program("symtape replayed", { backend: "replay" }, true),
        fresh,
        freshScalars,
        brain,
        scalarTape,
        tensorflow,
        jaxJs,
        pythonContender("NumPy", "notebook numpy", FLOAT64),
        pythonContender("PyTorch", "notebook torch", FLOAT64),
      ],
      targets,
      seconds: 15,
    },
  ]);
  return { contests };
}
