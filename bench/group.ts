// A group of measurements: what it is called, and what it does in a process of its own.

import { type Contest, type ContestResult, runContest } from "./contest.ts";
import { printContest } from "./table.ts";
import type { Outcome } from "./targets.ts";

/** What a group leaves behind. */
export interface GroupResult {
  readonly contests?: readonly ContestResult[];
  /** Targets beside those of the contests. */
  readonly targets?: readonly Outcome[];
  /** Anything else that belongs into the file of results. */
  readonly data?: unknown;
}

export type Group = () => Promise<GroupResult> | GroupResult;

/** Contests one after the other, printed as they end. */
export async function runContests(contests: readonly Contest[]): Promise<ContestResult[]> {
  const results: ContestResult[] = [];
  for (const contest of contests) {
    const result = await runContest(contest);
    printContest(result);
    results.push(result);
  }
  return results;
}
