// Which characters a name may consist of: mathjs's letters and those of every other script.

const MATHJS_LETTER = /^[a-zA-Z_$\u00C0-\u02AF\u0370-\u03FF\u2100-\u214F]$/;
const ANY_LETTER = /^[\p{L}\p{M}\u2080-\u2089]$/u;
const HIGH_SURROGATE = /^[\uD800-\uDBFF]$/;
const LOW_SURROGATE = /^[\uDC00-\uDFFF]$/;

/**
 * Whether the UTF-16 unit `c` belongs to a name. The units beside it tell whether it is half of a letter
 * beyond the first 65,536, such as 𝛼.
 */
export function isLetter(c: string, previous: string, next: string): boolean {
  if (MATHJS_LETTER.test(c)) return true;
  if (c === "" || c < "\u0080") return false;
  if (HIGH_SURROGATE.test(c)) return ANY_LETTER.test(c + next);
  if (LOW_SURROGATE.test(c)) return ANY_LETTER.test(previous + c);
  return ANY_LETTER.test(c);
}

/** Where the name that begins at `start` ends; `start` itself if none begins there. */
export function endOfName(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const c = text.charAt(end);
    const digit = end > start && c >= "0" && c <= "9";
    if (!digit && !isLetter(c, text.charAt(end - 1), text.charAt(end + 1))) break;
    end++;
  }
  return end;
}
