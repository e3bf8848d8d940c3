// Names in LaTeX: w1 and w_1 are w with a subscript, alpha is a Greek letter, loss is upright.

const GREEK: ReadonlySet<string> = new Set(
  (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon " +
    "phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
  ).split(" "),
);

/**
 * The LaTeX of a name.
 *
 * @example
 * symbolTex("w1_2_3"); // "w_{1,2,3}"
 * symbolTex("alpha"); // "\\alpha"
 * symbolTex("loss"); // "\\mathrm{loss}"
 */
export function symbolTex(name: string): string {
  const [head = "", ...rest] = name.split("_");
  const [, letters = "", digits = ""] = /^(.*?)(\d*)$/s.exec(head) ?? [];
  const subscripts = [digits, ...rest].filter((part) => part !== "");
  if (letters === "") return `\\mathrm{${escaped(name)}}`;
  const base = letterTex(letters);
  if (subscripts.length === 0) return base;
  return `${base}_{${subscripts.map(subscriptTex).join(",")}}`;
}

function letterTex(letters: string): string {
  if (GREEK.has(letters)) return `\\${letters}`;
  return [...letters].length === 1 ? escaped(letters) : `\\mathrm{${escaped(letters)}}`;
}

function subscriptTex(part: string): string {
  return /^\d+$/.test(part) ? part : letterTex(part);
}

function escaped(text: string): string {
  return text.replace(/[_$%&#{}]/g, "\\$&");
}
