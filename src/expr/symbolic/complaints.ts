// The errors that are about names and arguments in formulas.

import { closestName, SymtapeError } from "../errors.ts";

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

/** A call of something that is no function, with the name that may have been meant. */
export function unknownFunction(name: string, known: Iterable<string>): SymtapeError {
  const suggestion = closestName(name, known);
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
