// How a name looks in LaTeX: Greek letters by their names, what follows `_` or a letter's digits below.

const GREEK = new Set([
  ...["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"],
  ...["lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"],
  ...["omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi"],
  "Omega",
]);

/** A name in LaTeX: `x_1` as x₁, `theta` as θ, `loss` upright. */
export function symbolTex(name: string): string {
  const [, stem = name, digits = ""] = /^(\p{L}+?)_?(\d+)$/u.exec(name) ?? [];
  const [, before = stem, after = digits] = /^(.+?)_(.+)$/u.exec(stem) ?? [];
  const below = after === "" ? "" : `_{${wordTex(after)}}`;
  return `${wordTex(before)}${below}`;
}

function wordTex(word: string): string {
  if (GREEK.has(word)) return `\\${word}`;
  const escaped = word.replace(/[$_]/g, "\\$&");
  return [...word].length === 1 || /^\d+$/.test(word) ? escaped : `\\mathrm{${escaped}}`;
}
