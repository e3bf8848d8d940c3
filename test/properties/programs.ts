// Random programs, each written twice: with scan, cond, checkpoint and the like, and in plain JavaScript.

import fc from "fast-check";
import {
  add,
  and,
  argsort,
  checkpoint,
  cholesky,
  concat,
  cond,
  cos,
  cumsum,
  customRule,
  divide,
  exp,
  gather,
  grad,
  greater,
  index,
  jvp,
  less,
  logSumExp,
  matmul,
  max,
  mean,
  multiply,
  type NestedArray,
  outer,
  scalar,
  scan,
  sigmoid,
  sin,
  softmax,
  solve,
  sort,
  sqrt,
  square,
  stack,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tanh,
  tensor,
  vjp,
  vmap,
  where,
  whileLoop,
} from "../../src/autodiff/index.ts";
import { eye } from "../../src/expr/creation.ts";

/** A function of a vector of three numbers and of parameters, which it may take as an argument or close over. */
export type Step = (x: Tensor, p: Tensor) => Tensor;

/** A block that holds no other: the same function with the library's means and without them. */
interface Leaf {
  readonly rich: Step;
  readonly plain: Step;
}

const same = (f: Step): Leaf => ({ rich: f, plain: f });
const at = (x: Tensor, i: number): Tensor => index(x, [i]);
const places = [0, 1, 2];
/** Numbers in the dtype of a value. */
export function constant(like: Tensor, numbers: NestedArray): Tensor {
  return tensor(numbers, { dtype: like.dtype });
}

const mixing = [
  [0.4, -0.7, 0.2],
  [0.1, 0.5, 0.6],
  [-0.3, 0.2, 0.8],
];

/** A positive definite matrix. */
const definite = (x: Tensor): Tensor => add(multiply(0.3, outer(x, x)), eye(3, { dtype: x.dtype }));

const wave = (x: Tensor, p: Tensor): Tensor => multiply(sin(x), add(p, 1));
const pulled = customRule({
  name: "pulled",
  value: wave,
  pullback: ([x, p], _, g) => [multiply(g, multiply(cos(x), add(p, 1))), multiply(g, sin(x))],
  check: false,
});
const pushed = customRule({
  name: "pushed",
  value: wave,
  pushforward: ([x, p], _, [dx, dp]) =>
    add(multiply(multiply(cos(x), add(p, 1)), dx), multiply(sin(x), dp)),
  check: false,
});

const halved = (x: Tensor, p: Tensor): Tensor => multiply(x, sigmoid(p));

const leaves: Readonly<Record<string, Leaf>> = {
  sine: same((x, p) => sin(add(x, p))),
  product: same((x, p) => multiply(x, tanh(p))),
  quotient: same((x, p) => divide(add(x, p), add(1, square(x)))),
  bell: same((x) => exp(multiply(-0.5, square(x)))),
  root: same((x, p) => sqrt(add(square(add(x, p)), 1))),
  centred: same((x) => subtract(x, mean(x))),
  inner: same((x, p) => multiply(x, tanh(sum(multiply(x, p))))),
  entropy: same((x, p) => add(multiply(softmax(add(x, p)), 2), logSumExp(x))),
  running: same((x) => tanh(cumsum(x))),
  largest: same((x, p) => subtract(p, multiply(0.5, max(x, { axis: 0 })))),
  matrix: same((x, p) => add(matmul(constant(x, mixing), x), p)),
  turned: same((x) => concat([index(x, [{ start: 1 }]), index(x, [{ stop: 1 }])])),
  gathered: same((x, p) => gather(multiply(x, p), [2, 0, 2])),
  sorted: same((x, p) => add(sort(x), multiply(0.1, p))),
  ordered: same((x, p) => gather(sin(p), argsort(x))),
  where: same((x, p) => where(greater(x, p), sin(x), square(p))),
  stopped: same((x, p) => add(multiply(stopGradient(x), p), x)),
  factor: same((x, p) => matmul(cholesky(definite(x)), p)),
  system: same((x, p) => solve(definite(p), x)),
  "rule by pullback": { rich: (x, p) => pulled(x, p), plain: wave },
  "rule by pushforward": { rich: (x, p) => pushed(x, p), plain: wave },
  chosen: {
    rich: (x, p) =>
      cond(
        greater(sum(x), 0.1),
        (y) => multiply(sin(y), p),
        (y) => add(square(y), p),
        x,
      ),
    plain: (x, p) => (sum(x).item() > 0.1 ? multiply(sin(x), p) : add(square(x), p)),
  },
  "loop over the parameters": {
    rich: (x, p) =>
      scan((h: Tensor, e: Tensor) => ({ carry: tanh(add(h, multiply(e, x))) }), x, p).carry,
    plain: (x, p) => places.reduce((h, i) => tanh(add(h, multiply(at(p, i), x))), x),
  },
  "results of a loop back": {
    rich: (x, p) =>
      scan(
        (h: Tensor, e: Tensor) => {
          const next = sin(add(h, e));
          return { carry: next, y: multiply(next, e) };
        },
        at(p, 1),
        x,
        { reverse: true },
      ).ys,
    plain: (x, p) => {
      let h = at(p, 1);
      const ys = places.toReversed().map((i) => {
        h = sin(add(h, at(x, i)));
        return multiply(h, at(x, i));
      });
      return stack(ys.reverse());
    },
  },
  "loop with checkpoints": {
    rich: (x, p) =>
      scan((h: Tensor, e: Tensor) => ({ carry: halved(add(h, e), p) }), x, concat([p, x]), {
        checkpoint: 2,
      }).carry,
    plain: (x, p) =>
      [...places.map((i) => at(p, i)), ...places.map((i) => at(x, i))].reduce(
        (h, e) => halved(add(h, e), p),
        x,
      ),
  },
  checkpointed: {
    rich: (x, p) => checkpoint((y: Tensor) => multiply(sin(y), exp(multiply(0.2, p))))(x),
    plain: (x, p) => multiply(sin(x), exp(multiply(0.2, p))),
  },
  "each element": {
    rich: (x, p) => vmap((e: Tensor) => sum(sin(multiply(e, p))))(x),
    plain: (x, p) => stack(places.map((i) => sum(sin(multiply(at(x, i), p))))),
  },
  slope: {
    rich: (x, p) => grad((y: Tensor) => sum(multiply(sin(y), p)))(x),
    plain: (x, p) => multiply(cos(x), p),
  },
  "slopes of each element": {
    rich: (x, p) => vmap(grad((e: Tensor) => sum(sin(multiply(e, p)))))(x),
    plain: (x, p) => stack(places.map((i) => sum(multiply(p, cos(multiply(at(x, i), p)))))),
  },
  direction: {
    rich: (x, p) => jvp((y: Tensor) => multiply(sin(y), p))(x, p).tangent,
    plain: (x, p) => multiply(multiply(cos(x), p), p),
  },
  "pulled back": {
    rich: (x, p) => vjp((y: Tensor) => multiply(sin(y), p))(x).pullback(x),
    plain: (x, p) => multiply(multiply(cos(x), p), x),
  },
};

const MOST_STEPS = 4;

interface State {
  readonly y: Tensor;
  readonly k: Tensor;
}

const isSmall = (y: Tensor): Tensor => less(sum(square(y)), 6);
const grown = (y: Tensor, step: Tensor): Tensor => add(multiply(y, 1.7), multiply(0.3, tanh(step)));

/** A program: blocks one after the other, of which some hold programs. */
export type Program = readonly Block[];
export type Block =
  | { readonly leaf: string }
  | { readonly checkpoint: Program }
  | { readonly repeat: Program }
  | { readonly choose: readonly [Program, Program] }
  | { readonly both: Program }
  | { readonly during: Program };

const leafBlocks: fc.Arbitrary<Block> = fc
  .constantFrom(...Object.keys(leaves))
  .map((leaf) => ({ leaf }));

/**
 * Programs of up to `length` blocks, nested up to `depth` times. Those with loops of unknown length have forward mode
 * only.
 */
export function programs(depth: number, length: number, loops = false): fc.Arbitrary<Program> {
  let blocks = leafBlocks;
  for (let level = 0; level < depth; level++) {
    const inner = fc.array(blocks, { minLength: 1, maxLength: 2 });
    blocks = fc.oneof(
      { arbitrary: leafBlocks, weight: 4 },
      { arbitrary: inner.map((program) => ({ checkpoint: program })), weight: 1 },
      { arbitrary: inner.map((program) => ({ repeat: program })), weight: 1 },
      { arbitrary: fc.tuple(inner, inner).map((choose) => ({ choose })), weight: 1 },
      { arbitrary: inner.map((program) => ({ both: program })), weight: 1 },
      { arbitrary: inner.map((program) => ({ during: program })), weight: loops ? 3 : 0 },
    );
  }
  return fc.array(blocks, { minLength: 1, maxLength: length });
}

/** The program with the library's means; the parameters are captured wherever that can be. */
export function rich(program: Program): Step {
  return (x, p) => program.reduce((value, block) => richBlock(block, value, p), x);
}

function richBlock(block: Block, x: Tensor, p: Tensor): Tensor {
  if ("leaf" in block) return (leaves[block.leaf] as Leaf).rich(x, p);
  if ("checkpoint" in block) return checkpoint((y: Tensor) => rich(block.checkpoint)(y, p))(x);
  if ("repeat" in block) {
    const step = (h: Tensor, k: Tensor) => ({ carry: rich(block.repeat)(h, multiply(p, k)) });
    return scan(step, x, constant(x, [1, 0.5])).carry;
  }
  if ("choose" in block) {
    const [yes, no] = block.choose;
    const test = greater(sum(x), sum(p));
    return cond(
      test,
      (y) => rich(yes)(y, p),
      (y) => rich(no)(y, p),
      x,
    );
  }
  if ("during" in block) {
    const { y } = whileLoop(
      (state: State) => and(isSmall(state.y), less(state.k, MOST_STEPS)),
      ({ y, k }: State) => ({ y: grown(y, rich(block.during)(y, p)), k: add(k, 1) }),
      { y: x, k: scalar(0, "int32") },
    );
    return y;
  }
  const pair = stack([x, multiply(x, 0.5)], { axis: 1 });
  const found = vmap((y: Tensor) => rich(block.both)(y, p), { axes: [1], outAxis: 1 })(pair);
  return sum(found, { axis: 1 });
}

/** The program in plain JavaScript. */
export function plain(program: Program): Step {
  return (x, p) => program.reduce((value, block) => plainBlock(block, value, p), x);
}

function plainBlock(block: Block, x: Tensor, p: Tensor): Tensor {
  if ("leaf" in block) return (leaves[block.leaf] as Leaf).plain(x, p);
  if ("checkpoint" in block) return plain(block.checkpoint)(x, p);
  if ("repeat" in block) {
    return [1, 0.5].reduce((h, k) => plain(block.repeat)(h, multiply(p, k)), x);
  }
  if ("choose" in block) {
    const [yes, no] = block.choose;
    return plain(sum(x).item() > sum(p).item() ? yes : no)(x, p);
  }
  if ("during" in block) {
    let y = x;
    for (let k = 0; k < MOST_STEPS && isSmall(y).item() === 1; k++) {
      y = grown(y, plain(block.during)(y, p));
    }
    return y;
  }
  return add(plain(block.both)(x, p), plain(block.both)(multiply(x, 0.5), p));
}
