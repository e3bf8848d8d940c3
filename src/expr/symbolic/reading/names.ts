// The names that mean something by themselves: constants, and what a formula may not say.

import { type ConcreteTensor, literal, namedConstants, type Tensor } from "../../tensor.ts";

/** Names for numbers. A text may give them another meaning by assigning to them. */
export function constantCalled(name: string): Tensor | undefined {
  if (Object.hasOwn(namedConstants, name)) {
    return namedConstants[name as keyof typeof namedConstants] satisfies ConcreteTensor;
  }
  return name === "tau" ? literal(2 * Math.PI) : undefined;
}

/** Names that no formula may use: they reach into JavaScript or into mathjs. */
const RESERVED = new Set([
  ...["__proto__", "prototype", "constructor", "hasOwnProperty", "isPrototypeOf"],
  ...["propertyIsEnumerable", "toLocaleString", "toString", "valueOf"],
  ...["__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"],
  ...["import", "createUnit", "config", "evaluate", "parse", "parser", "simplify", "derivative"],
  ...["compile", "reviver", "replacer", "resolve", "rationalize", "chain", "typed"],
]);

export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** mathjs's other names for numbers, and how they are written here. */
const MISSPELT_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ["E", "e"],
  ["PI", "pi"],
  ["Pi", "pi"],
  ["LN2", "log(2)"],
  ["LN10", "log(10)"],
  ["LOG2E", "1 / log(2)"],
  ["LOG10E", "1 / log(10)"],
  ["SQRT2", "sqrt(2)"],
  ["SQRT1_2", "sqrt(1 / 2)"],
]);

/** What to write for a constant of mathjs that is none here. */
export function constantMeant(name: string): string | undefined {
  return MISSPELT_CONSTANTS.get(name);
}

/** Names that an input cannot have unless it is declared, beside those of functions. */
export function isTaken(name: string): boolean {
  const words = ["i", "end", "mod", "to", "in", "and", "xor", "or", "not", "true", "false"];
  return (
    constantCalled(name) !== undefined ||
    isReserved(name) ||
    MISSPELT_CONSTANTS.has(name) ||
    [...words, "null", "undefined", "NaN", "Infinity"].includes(name)
  );
}

/** Units that people write behind numbers. Names of one letter are left to variables. */
const UNITS = new Set([
  ...["mm", "cm", "dm", "km", "inch", "in", "ft", "foot", "feet", "yard", "mile", "miles"],
  ...["mg", "kg", "lb", "lbs", "oz", "ms", "sec", "second", "seconds", "minute", "minutes"],
  ...["hour", "hours", "day", "days", "Hz", "kHz", "MHz", "GHz", "degC", "degF", "deg", "rad"],
  ...["kJ", "cal", "kcal", "kW", "kWh", "Pa", "kPa", "bar", "atm", "mol", "ml", "liter", "gallon"],
  ...["meter", "meters", "gram", "grams", "newton", "joule", "watt", "volt", "ohm", "eV", "mV"],
]);

export function isUnit(name: string): boolean {
  return UNITS.has(name);
}

/** Operators of mathjs that have no meaning here, and what to do instead. */
export const UNSUPPORTED_OPERATORS: ReadonlyMap<string, string> = new Map([
  ["bitAnd", "Write: a and b."],
  ["bitOr", "Write: a or b."],
  ["bitXor", "Write: a xor b."],
  ["bitNot", "Write: not a."],
  ["leftShift", "Write: a * 2 ^ b."],
  ["rightArithShift", "Write: floor(a / 2 ^ b)."],
  ["rightLogShift", "Write: floor(a / 2 ^ b)."],
  ["to", "Numbers have no units: multiply by the factor."],
  ["nullish", "Write: c ? a : b."],
]);
