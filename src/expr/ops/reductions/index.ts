// Functions that combine the elements along axes.

export { mean, type ReduceOptions, sum } from "./sum.ts";
