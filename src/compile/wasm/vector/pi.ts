// Fractions of a circle with more digits than a float64 has.

/** What π/2 lacks in float64. */
export const QUARTER_LOW = 6.123233995736766e-17;
