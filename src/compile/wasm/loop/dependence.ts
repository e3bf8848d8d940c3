// What the values of a loop depend on, which says how far out they can be computed.

import type { Loop, LoopValue } from "../../loop.ts";

/** The dependence of all values of a loop whose vectors lie along one axis. */
export interface Dependence {
  /** How many axes, counted from the outermost, must be known for a value; −1 for those that are not written. */
  readonly levels: readonly number[];
  /** Which values differ along the vectors. */
  readonly varies: readonly boolean[];
}

export function dependenceOf(loop: Loop, vector: number): Dependence {
  const needed = neededValues(loop);
  return {
    levels: levelsOf(loop).map((level, i) => (needed[i] ? level : -1)),
    varies: variesOf(loop, vector),
  };
}

/** For every value the number of axes, counted from the outermost, after which it is known. */
function levelsOf(loop: Loop): number[] {
  const levels: number[] = [];
  const walkLevel = (strides: readonly number[]): number =>
    strides.findLastIndex((stride) => stride !== 0) + 1;
  for (const value of loop.values) {
    if (value.kind === "number") levels.push(-1);
    else if (value.kind === "index") levels.push(value.axis + 1);
    else if (value.kind === "cast") levels.push(Math.max(0, levels[value.operand] as number));
    else if (value.kind === "apply") {
      levels.push(Math.max(0, ...value.operands.map((operand) => levels[operand] as number)));
    } else {
      const walks = [value.walk, ...value.guards];
      levels.push(Math.max(...walks.map(({ strides }) => walkLevel(strides))));
    }
  }
  return levels;
}

/** Which values differ along an axis. */
function variesOf(loop: Loop, axis: number): boolean[] {
  const varies: boolean[] = [];
  for (const value of loop.values) {
    if (value.kind === "number") varies.push(false);
    else if (value.kind === "index") varies.push(value.axis === axis);
    else if (value.kind === "cast") varies.push(varies[value.operand] === true);
    else if (value.kind === "apply") {
      varies.push(value.operands.some((operand) => varies[operand]));
    } else {
      varies.push([value.walk, ...value.guards].some(({ strides }) => (strides[axis] ?? 0) !== 0));
    }
  }
  return varies;
}

/** Which values some store asks for. */
function neededValues(loop: Loop): boolean[] {
  const needed = loop.values.map(() => false);
  for (const { value } of loop.stores) needed[value] = true;
  for (let i = loop.values.length - 1; i >= 0; i--) {
    const value = loop.values[i] as LoopValue;
    if (!needed[i]) continue;
    if (value.kind === "apply") for (const operand of value.operands) needed[operand] = true;
    if (value.kind === "cast") needed[value.operand] = true;
  }
  return needed;
}
