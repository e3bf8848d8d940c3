// What can be wrong with calls of programs.

import { SymtapeError } from "../expr/errors.ts";
import { formatShape } from "../expr/shape.ts";
import type { ArgumentLeaf } from "./spec.ts";

function describe({ path, shape, dtype }: ArgumentLeaf): string {
  return `${path}: ${dtype}${formatShape(shape)}`;
}

/** The mistake of calling a program with other arguments than it was compiled for. */
export function otherShapes(
  operation: string,
  expected: readonly ArgumentLeaf[],
  given: readonly ArgumentLeaf[],
): SymtapeError<"shape"> {
  const place = expected.findIndex((leaf, i) => {
    const other = given[i];
    return other === undefined || describe(leaf) !== describe(other);
  });
  if (place < 0 && expected.length === given.length) return otherTree(operation);
  const wanted = expected[place < 0 ? expected.length - 1 : place];
  const found = given[place < 0 ? given.length - 1 : place];
  return new SymtapeError(
    "shape",
    `${operation}: the program was compiled for ${expected.length} leaves with ${wanted ? describe(wanted) : "none"}, and ` +
      `got ${given.length} with ${found ? describe(found) : "nothing there"}. Compile another one, or leave the specs out.`,
    { operation, shapes: [wanted?.shape ?? [], found?.shape ?? []] },
  );
}

function otherTree(operation: string): SymtapeError<"shape"> {
  return new SymtapeError(
    "shape",
    `${operation}: the leaves are those that the program was compiled for, and stand in other arrays or objects, or ` +
      "beside another number of arguments. Compile another one, or leave the specs out.",
    { operation, shapes: [] },
  );
}

/** The mistake of a function that calls the program that is being made of it. */
export function callsItself(operation: string): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    `${operation}: the function calls its own program for arguments of the same shapes, which would never end. Call ` +
      "another function, or repeat with scan or whileLoop.",
    { operation },
  );
}

/** The mistake of using a program that was given back. */
export function disposed(operation: string): SymtapeError<"usage"> {
  return new SymtapeError(
    "usage",
    `${operation}: the program was disposed, and its memory belongs to others. Compile it again.`,
    { operation },
  );
}
