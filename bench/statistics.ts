// Medians and quantiles of measured times.

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between the two values that are nearest to the place, in proportion. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = at * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (place - Math.floor(place)) * (above - below);
}
