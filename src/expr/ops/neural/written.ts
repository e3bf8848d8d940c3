// How settings of layers are written in formulas: those at the end that are usual are left out.

/** The text of a setting, and whether it is what holds when nothing is said. */
export interface Setting {
  readonly text: string;
  readonly usual: boolean;
}

/** The operands, and the settings up to the last one that is not usual. */
export function withoutUsual(
  operands: readonly string[],
  settings: readonly Setting[],
): readonly string[] {
  const last = settings.findLastIndex(({ usual }) => !usual);
  return [...operands, ...settings.slice(0, last + 1).map(({ text }) => text)];
}

export function listText(values: readonly (number | string)[]): string {
  return `[${values.join(", ")}]`;
}
