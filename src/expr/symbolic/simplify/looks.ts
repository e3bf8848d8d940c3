// Whether a value is written with a minus in front, so that its negative is the simpler of the two.

import type { SymbolicTensor } from "../../graph.ts";
import { sumKey } from "./assemble.ts";
import { productOf } from "./factors.ts";
import { negated } from "./rational.ts";
import type { Rewriter } from "./rewriter.ts";

/** True of −x, of a sum of negative terms, and of a − b where b − a stands in the graph already. */
export function looksNegative(rewriter: Rewriter, value: SymbolicTensor): boolean {
  const terms = rewriter.sums.get(value);
  if (terms === undefined) return productOf(rewriter, value).coefficient.n < 0;
  if (terms.every(({ coefficient }) => coefficient.n < 0)) return true;
  if (terms.every(({ coefficient }) => coefficient.n > 0)) return false;
  const opposite = terms.map((term) => ({ ...term, coefficient: negated(term.coefficient) }));
  const known = rewriter.byKey.get(sumKey(opposite));
  return known !== undefined && known.node.id < value.node.id;
}
