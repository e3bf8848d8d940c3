// A character-level LSTM: the objective of the ADBench suite as a scan over the sequence, and its gradient.

import {
  add,
  divide,
  exp,
  grad,
  index,
  log,
  multiply,
  negate,
  scan,
  sigmoid,
  stack,
  subtract,
  sum,
  type Tensor,
  tanh,
} from "symtape/autodiff";

/** L layers of width D. */
export interface Lstm {
  /** For each layer a row of weights and a row of biases of the four gates, [2L, 4D]. */
  readonly main: Tensor;
  /** The weights of the input and of the output and the bias of the output, [3, D]. */
  readonly extra: Tensor;
}

/** The mean negative log-likelihood of a sequence [N, D] from a state [2L, D]. */
export function lstmObjective({ main, extra }: Lstm, state: Tensor, sequence: Tensor): Tensor {
  const [length, width] = sequence.shape as [number, number];
  const inputs = index(sequence, [{ stop: -1 }]);
  const targets = index(sequence, [{ start: 1 }]);
  const { ys } = scan(
    (carry: Tensor, [input, target]: readonly [Tensor, Tensor]) => {
      const { prediction, next } = predict(main, extra, carry, input);
      const normalized = subtract(prediction, log(add(2, sum(exp(prediction)))));
      return { carry: next, y: sum(multiply(target, normalized)) };
    },
    state,
    [inputs, targets],
  );
  return negate(divide(sum(ys), (length - 1) * width));
}

function predict(
  main: Tensor,
  extra: Tensor,
  state: Tensor,
  input: Tensor,
): { prediction: Tensor; next: Tensor } {
  const layers = (main.shape[0] as number) / 2;
  const row = (matrix: Tensor, place: number): Tensor => index(matrix, [place]);
  const next: Tensor[] = [];
  let x = multiply(input, row(extra, 0));
  for (let layer = 0; layer < layers; layer++) {
    const place = 2 * layer;
    const step = cell(
      row(main, place),
      row(main, place + 1),
      row(state, place),
      row(state, place + 1),
      x,
    );
    next.push(step.hidden, step.cell);
    x = step.hidden;
  }
  return { prediction: add(multiply(x, row(extra, 1)), row(extra, 2)), next: stack(next) };
}

function cell(
  weight: Tensor,
  bias: Tensor,
  hidden: Tensor,
  memory: Tensor,
  input: Tensor,
): { hidden: Tensor; cell: Tensor } {
  const width = hidden.size;
  const gate = (x: Tensor, k: number): Tensor => {
    const part = { start: k * width, stop: (k + 1) * width };
    return add(multiply(x, index(weight, [part])), index(bias, [part]));
  };
  const forget = sigmoid(gate(input, 0));
  const write = sigmoid(gate(hidden, 1));
  const output = sigmoid(gate(input, 2));
  const change = tanh(gate(hidden, 3));
  const next = add(multiply(memory, forget), multiply(write, change));
  return { hidden: multiply(output, tanh(next)), cell: next };
}

/** The gradient by all parameters. */
export const lstmGradient: (
  parameters: Lstm,
  state: Tensor,
  sequence: Tensor,
) => { main: Tensor; extra: Tensor } = grad(lstmObjective);
