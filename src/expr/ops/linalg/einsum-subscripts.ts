// Reading the subscripts of einsum: which index stands for which axis, and which of them stay.

import { SymtapeError } from "../../errors.ts";
import { formatShape, type Shape } from "../../shape.ts";
import { shapeError } from "../structured.ts";

/** A letter, or an axis of the ellipsis: `…0` is its last one. */
export type Label = string;

/** What the subscripts say of operands of given shapes. */
export interface Summation {
  /** The index of every axis of every operand. */
  readonly operands: readonly (readonly Label[])[];
  /** The indices of the result. */
  readonly result: readonly Label[];
  /** How far each index runs. */
  readonly sizes: ReadonlyMap<Label, number>;
}

const TERM = /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/;

/** Reads subscripts such as `ij,jk->ik`, `...i,i` or `ii->`. */
export function readSubscripts(text: string, shapes: readonly Shape[]): Summation {
  if (typeof text !== "string") {
    throw usageError(`the subscripts are a text such as "ij,jk->ik", got ${typeof text}`);
  }
  const [left, right, ...more] = text.replaceAll(/\s/g, "").split("->");
  if (more.length > 0) throw usageError(`"${text}" has more than one arrow`);
  const terms = (left as string).split(",");
  for (const term of [...terms, right ?? ""]) checkTerm(term, text);
  if (terms.length !== shapes.length) {
    throw usageError(
      `"${text}" names ${terms.length} operand(s), and ${shapes.length} were given. ` +
        "Commas stand between operands",
    );
  }
  const operands = terms.map((term, i) => labelsOf(term, shapes[i] as Shape, i));
  const ellipsis = longest(operands.map((labels) => labels.filter(isOfEllipsis)));
  const result =
    right === undefined ? impliedResult(operands, ellipsis) : resultOf(right, ellipsis);
  checkResult(result, operands, text);
  if (right !== undefined && !right.includes("...") && ellipsis.length > 0) {
    throw usageError(
      `"${text}" has axes under "..." that the result does not name. Add "..." to it`,
    );
  }
  return { operands, result, sizes: sizesOf(operands, shapes) };
}

function usageError(problem: string): SymtapeError<"usage"> {
  return new SymtapeError("usage", `einsum: ${problem}.`, { operation: "einsum" });
}

function checkTerm(term: string, text: string): void {
  if (TERM.test(term)) return;
  const odd = term.replaceAll(/[A-Za-z.]/g, "")[0];
  throw usageError(
    odd === undefined
      ? `"${term}" in "${text}" may hold one ellipsis "..." of three dots`
      : `"${odd}" in "${text}" is no index. Indices are single letters`,
  );
}

function isOfEllipsis(label: Label): boolean {
  return label.startsWith("…");
}

function longest(lists: readonly (readonly Label[])[]): readonly Label[] {
  return lists.reduce((most, list) => (list.length > most.length ? list : most), []);
}

/** The index of every axis of an operand. Axes of an ellipsis are counted from the right, as they broadcast. */
function labelsOf(term: string, shape: Shape, place: number): readonly Label[] {
  const [before, after] = term.split("...") as [string, string?];
  const letters = before.length + (after?.length ?? 0);
  const rest = shape.length - letters;
  if (rest < 0 || (after === undefined && rest > 0)) {
    throw shapeError(
      "einsum",
      `"${term}" names ${letters} axes, and operand ${place + 1} of shape ${formatShape(shape)} has ` +
        `${shape.length}.${rest > 0 ? ' "..." stands for the others.' : ""}`,
      shape,
    );
  }
  const between = Array.from({ length: rest }, (_, i) => `…${rest - 1 - i}`);
  return [...before, ...between, ...(after ?? "")];
}

/** Without an arrow: the axes of the ellipsis, and the indices that occur once, in the order of the alphabet. */
function impliedResult(
  operands: readonly (readonly Label[])[],
  ellipsis: readonly Label[],
): readonly Label[] {
  const letters = operands.flat().filter((label) => !isOfEllipsis(label));
  const single = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label));
  return [...ellipsis, ...single.sort()];
}

function resultOf(term: string, ellipsis: readonly Label[]): readonly Label[] {
  const [before, after] = term.split("...") as [string, string?];
  return after === undefined ? [...before] : [...before, ...ellipsis, ...after];
}

function checkResult(
  result: readonly Label[],
  operands: readonly (readonly Label[])[],
  text: string,
): void {
  for (const label of result) {
    if (!operands.some((labels) => labels.includes(label))) {
      throw usageError(`index ${label} of the result of "${text}" stands in no operand`);
    }
    if (result.indexOf(label) !== result.lastIndexOf(label)) {
      throw usageError(`the result of "${text}" names index ${label} twice`);
    }
  }
}

/** How far each index runs: axes of length 1 broadcast, other lengths must agree. */
function sizesOf(
  operands: readonly (readonly Label[])[],
  shapes: readonly Shape[],
): ReadonlyMap<Label, number> {
  const sizes = new Map<Label, number>();
  operands.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const length = shapes[i]?.[axis] as number;
      const known = sizes.get(label) ?? 1;
      if (length !== known && length !== 1 && known !== 1) {
        const name = isOfEllipsis(label) ? 'an axis of "..."' : `index ${label}`;
        throw shapeError(
          "einsum",
          `${name} has length ${known} and, in operand ${i + 1}, length ${length}. ` +
            "An index has one length, or 1.",
          ...shapes,
        );
      }
      if (!sizes.has(label) || length !== 1) sizes.set(label, length);
    });
  });
  return sizes;
}
