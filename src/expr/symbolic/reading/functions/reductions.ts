// Functions that combine the elements along axes: f(x), f(x, axis), f(x, axis, true).

import { apply } from "../../../apply.ts";
import { SymtapeError } from "../../../errors.ts";
import { max, maximum, min, minimum } from "../../../ops/comparison.ts";
import { cumprod, cumsum } from "../../../ops/reductions/cumulative.ts";
import { argmax, argmin, type PlaceOptions } from "../../../ops/reductions/extremes.ts";
import { logSumExp } from "../../../ops/reductions/log-sum-exp.ts";
import { norm } from "../../../ops/reductions/norm.ts";
import { prod } from "../../../ops/reductions/prod.ts";
import { linearRecurrenceOp } from "../../../ops/reductions/recurrence.ts";
import { logSoftmax, softmax } from "../../../ops/reductions/softmax.ts";
import { argsort, sort, topK } from "../../../ops/reductions/sort.ts";
import { mean, type ReduceOptions, sum } from "../../../ops/reductions/sum.ts";
import { all, any } from "../../../ops/reductions/truth.ts";
import { std, variance } from "../../../ops/reductions/variance.ts";
import type { Tensor } from "../../../tensor.ts";
import { isMistakableForAxis } from "../../ambiguity.ts";
import { type Arguments, given } from "./arguments.ts";
import { type Called, type FunctionTable, takes } from "./builtin.ts";

export const reductions: FunctionTable = {
  sum: reduction(sum),
  mean: reduction(mean),
  prod: reduction(prod),
  any: reduction(any),
  all: reduction(all),
  logSumExp: reduction(logSumExp),
  amax: reduction(max),
  amin: reduction(min),
  max: extreme("max", max, maximum),
  min: extreme("min", min, minimum),
  argmax: reduction((x, options) => argmax(x, options as PlaceOptions)),
  argmin: reduction((x, options) => argmin(x, options as PlaceOptions)),
  variance: spread(variance),
  std: spread(std),
  norm: takes(1, 4, (args) => {
    const x = args.tensor(0);
    const ord = args.has(1) ? orderOf(args) : undefined;
    return norm(x, given({ ord, ...args.reduction(2, x.rank) }));
  }),
  cumsum: running(cumsum),
  cumprod: running(cumprod),
  softmax: distribution(softmax),
  logSoftmax: distribution(logSoftmax),
  sort: sorting(sort),
  argsort: sorting(argsort),
  topK: takes(3, 4, (args) => {
    const x = args.tensor(0);
    const part = args.text(2, "the part", ["values", "indices"]) as "values" | "indices";
    const k = args.whole(1, "the count") as number;
    return topK(x, k, given({ axis: args.axis(3, x.rank) }))[part];
  }),
  linearRecurrence: takes(3, 4, (args) => {
    const [factors, terms] = [args.tensor(0), args.tensor(1)];
    const axis = args.axis(2, terms.rank) as number;
    const reverse = args.flag(3, "whether it runs from the end") ?? false;
    return apply(linearRecurrenceOp, [factors, terms], { axis, reverse });
  }),
};

function reduction(reduce: (x: Tensor, options: ReduceOptions) => Tensor): Called {
  return takes(1, 3, (args) => {
    const x = args.tensor(0);
    return reduce(x, args.reduction(1, x.rank));
  });
}

/** Of one tensor the largest element, of several values the largest element by element. */
function extreme(
  name: "max" | "min",
  reduce: (x: Tensor) => Tensor,
  combine: (x: Tensor, y: Tensor) => Tensor,
): Called {
  return takes(1, Number.POSITIVE_INFINITY, (args) => {
    const [first, ...rest] = args.tensors() as [Tensor, ...Tensor[]];
    const [second] = rest;
    if (second === undefined) return reduce(first);
    if (rest.length === 1 && isMistakableForAxis(first, second)) throw ambiguous(name, second);
    return rest.reduce(combine, first);
  });
}

function ambiguous(name: "max" | "min", second: Tensor): SymtapeError {
  const number = second.concrete(name).at(0);
  const message =
    `${name}(x, ${number}) of a tensor may mean two things. Write a${name}(x, ${number}) for axis ${number}, or ` +
    `${name}imum(x, ${number}) to compare every element with ${number}.`;
  return new SymtapeError("unsupported", message, { operation: name });
}

function spread(f: (x: Tensor, options: ReduceOptions & { ddof?: number }) => Tensor): Called {
  return takes(1, 4, (args) => {
    const x = args.tensor(0);
    return f(x, given({ ...args.reduction(1, x.rank), ddof: args.number(3, "ddof") }));
  });
}

function orderOf(args: Arguments): number | "fro" | undefined {
  if (!args.isText(1)) return args.number(1, "the order");
  const text = args.text(1, "the order", ["fro", "inf", "-inf"]);
  if (text === "fro") return text;
  return text === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function running(f: (x: Tensor, options: { axis?: number; reverse?: boolean }) => Tensor): Called {
  return takes(1, 3, (args) => {
    const x = args.tensor(0);
    const reverse = args.flag(2, "whether it runs from the end");
    return f(x, given({ axis: args.axis(1, x.rank), reverse }));
  });
}

function distribution(f: (x: Tensor, options: { axis?: readonly number[] }) => Tensor): Called {
  return takes(1, 2, (args) => {
    const x = args.tensor(0);
    return f(x, given({ axis: args.axes(1, x.rank) }));
  });
}

function sorting(
  f: (x: Tensor, options: { axis?: number; descending?: boolean }) => Tensor,
): Called {
  return takes(1, 3, (args) => {
    const x = args.tensor(0);
    const descending = args.flag(2, "whether the largest comes first");
    return f(x, given({ axis: args.axis(1, x.rank), descending }));
  });
}
