// What the exit status of the command line means.

export const EXIT = { done: 0, failed: 1, usage: 2, disagree: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command line that cannot be understood. */
export class UsageError extends Error {}
