// The errors that are about names and arguments in formulas.

import { closestName, SymtapeError } from "../../errors.ts";

export function nameError(name: string, message: string, suggestion?: string): SymtapeError {
  return new SymtapeError("name", message, {
    name,
    ...(suggestion !== undefined && { suggestion }),
  });
}

/** A name as it is shown in a message: the beginning of a very long one. */
function shown(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

export function reservedError(name: string): SymtapeError {
  return nameError(name, `the name ${name} is reserved and has no meaning in formulas.`);
}

/** A unit behind a number or a value, as in `5 cm`. */
export function unitMessage(name: string): string {
  return `numbers have no units such as ${name}. Write a plain number.`;
}

/** A constant of mathjs that is none here. */
export function constantError(name: string, meant: string): SymtapeError {
  const message =
    `there is no constant ${name}. Did you mean ${meant}? If ${name} is meant as a variable, declare it: ` +
    `{ shapes: { ${name}: [] } }.`;
  return nameError(name, message, meant);
}

/** What functions are called elsewhere; nothing stands for those that have no equal here. */
const ELSEWHERE: ReadonlyMap<string, string | undefined> = new Map([
  ...["sin", "cos", "tan", "sec", "csc", "cot"].flatMap((name): [string, string][] => [
    [`arc${name}`, `a${name}`],
    [`arc${name}h`, `a${name}h`],
    [`ar${name}h`, `a${name}h`],
  ]),
  ["arctan2", "atan2"],
  ["tg", "tan"],
  ["ctg", "cot"],
  ["cosec", "csc"],
  ["swish", "silu"],
  ["logistic", "sigmoid"],
  ["expit", "sigmoid"],
  ["sgn", "sign"],
  ["signum", "sign"],
  ["fabs", "abs"],
  ["power", "pow"],
  ["lg", "log10"],
  ["avg", "mean"],
  ["average", "mean"],
  ["var", "variance"],
  ["stddev", "std"],
  ["concatenate", "concat"],
  ["logabsdet", "logdet"],
  ["attention", "scaledDotProductAttention"],
  ["mse", "meanSquaredError"],
  ["unsqueeze", "expandDims"],
  ["cross", undefined],
]);

/** What to write instead of functions of mathjs, or of symtape in TypeScript, that have no equal here. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["size", "The shapes of a formula are those of its data: write the number."],
  ["kron", 'Write einsum("ij,kl->ikjl", A, B) and reshape it.'],
  ["eigs", 'Of a symmetric matrix: eigh(A, "values") and eigh(A, "vectors").'],
  ["lup", "Write solve(A, b), or det(A)."],
  ["matrix", "Write the rows in brackets: [1, 2; 3, 4]."],
  ["subset", "Write x[2, 1:3]."],
  ["index", "Write x[2, 1:3]."],
  ["at", "Write x[2, 1:3]."],
  ["split", "A part is x[1:2], and along the second axis x[:, 1:2]."],
  ["row", "Write x[1, :]."],
  ["column", "Write x[:, 1]."],
  ...["random", "rand", "randomint", "uniform", "normal"].map(
    (name) =>
      [name, "Write randomUniform(randomKey(42), [2, 3]): a key gives the numbers."] as const,
  ),
]);

/** Functions that derivatives are printed with, and that nobody means to call. */
const INTERNAL = new Set([
  ...["place", "slice", "setSlice", "ctranspose", "broadcastTo", "stopGradient", "selected"],
  ...["scatter", "scatterSet", "scatterAlongAxis", "ravelIndex", "linearRecurrence", "convolution"],
  ...["maxPool", "maxPoolPlaces", "averagePool", "standardize", "classEntropy", "amax", "amin"],
]);

/** The function that a wrong name may stand for. */
function functionMeant(name: string, known: readonly string[]): string | undefined {
  const asked = name.toLowerCase();
  const isElsewhere = ELSEWHERE.has(asked);
  const meant = ELSEWHERE.get(asked);
  if (isElsewhere) return meant !== undefined && known.includes(meant) ? meant : undefined;
  return closestName(
    name,
    known.filter((candidate) => !INTERNAL.has(candidate)),
  );
}

/** A call of something that is no function, with the name that may have been meant. */
export function unknownFunction(name: string, known: Iterable<string>): SymtapeError {
  const instead = INSTEAD.get(name.toLowerCase());
  if (instead !== undefined) return nameError(name, `there is no function ${name}. ${instead}`);
  const suggestion = functionMeant(name, [...known]);
  const meant = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  const product = ` If ${shown(name)} is a variable, write ${shown(name)} * (…).`;
  return nameError(name, `there is no function ${shown(name)}.${meant}${product}`, suggestion);
}

export function arityError(
  name: string,
  received: number,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): SymtapeError {
  const several = maximum === Number.POSITIVE_INFINITY ? `at least ${minimum}` : undefined;
  const expected = several ?? (maximum === minimum ? `${minimum}` : `${minimum} to ${maximum}`);
  const noun = expected === "1" ? "argument" : "arguments";
  return new SymtapeError("arity", `${shown(name)} takes ${expected} ${noun}, got ${received}.`, {
    operation: name,
    received,
    expected,
  });
}
