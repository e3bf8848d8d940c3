// Random numbers from an explicit key: the same key gives the same numbers.

import { apply } from "../../../apply.ts";
import { bernoulli } from "../../../ops/random/bernoulli.ts";
import { categorical } from "../../../ops/random/categorical.ts";
import { foldInOp, key, split } from "../../../ops/random/keys.ts";
import { normal } from "../../../ops/random/normal.ts";
import { permutation } from "../../../ops/random/permutation.ts";
import { uniform } from "../../../ops/random/uniform.ts";
import type { DType, Shape } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import { type Arguments, given } from "./arguments.ts";
import { type Called, type FunctionTable, takes } from "./builtin.ts";

type DrawnType = Extract<DType, "float64" | "float32">;

export const random: FunctionTable = {
  randomKey: takes(1, 1, (args) => key(args.whole(0, "the seed") as number)),
  splitKey: takes(1, 2, (args) => split(args.indices(0), args.whole(1, "the count") ?? 2)),
  foldIn: takes(2, 2, (args) => apply(foldInOp, [args.indices(0), args.indices(1)])),
  randomUniform: drawing((draw, [low, high]) =>
    uniform(draw.key, draw.shape, given({ low, high, dtype: draw.dtype })),
  ),
  randomNormal: drawing((draw, [mean, std]) =>
    normal(draw.key, draw.shape, given({ mean, std, dtype: draw.dtype })),
  ),
  randomBernoulli: takes(2, 3, (args) => {
    const p = args.tensor(1);
    return bernoulli(args.indices(0), p, args.wholes(2, "the shape") ?? p.shape);
  }),
  randomCategorical: takes(2, 4, (args) => {
    const logits = args.tensor(1);
    const shape = args.wholes(2, "the shape");
    return categorical(args.indices(0), logits, given({ shape, axis: args.axis(3, logits.rank) }));
  }),
  randomPermutation: takes(2, 2, (args) => {
    const x = args.tensor(1);
    return permutation(args.indices(0), x.rank > 0 ? x : (args.whole(1, "the count") as number));
  }),
};

interface Draw {
  readonly key: Tensor;
  readonly shape: Shape;
  readonly dtype: DrawnType | undefined;
}

/** A draw with two settings that may be left out, and the dtype last. */
function drawing(draw: (draw: Draw, settings: readonly (Tensor | undefined)[]) => Tensor): Called {
  return takes(1, 5, (args) => {
    const last = args.count - 1;
    const dtype = args.isText(last) ? typeAt(args, last) : undefined;
    const shape = args.hasValue(1) ? (args.wholes(1, "the shape") as Shape) : [];
    const settings = [2, 3].map((place) =>
      place < last || dtype === undefined ? args.optional(place) : undefined,
    );
    return draw({ key: args.indices(0), shape, dtype }, settings);
  });
}

function typeAt(args: Arguments, place: number): DrawnType | undefined {
  return args.text(place, "the dtype", ["float64", "float32"]);
}
