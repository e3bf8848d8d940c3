// The rounding error of one float64 sum or product, itself a float64, so that a kernel can put back
// what a step lost (T. J. Dekker, Numer. Math. 18, 1971).

/** a * b - product, where product is a * b rounded; exact short of overflow and underflow. */
export function productError(a: number, b: number, product: number): number {
  const spreadA = 134217729 * a;
  const highA = spreadA - (spreadA - a);
  const lowA = a - highA;
  const spreadB = 134217729 * b;
  const highB = spreadB - (spreadB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}

/** a + b - sum, where sum is a + b rounded. */
export function sumError(a: number, b: number, sum: number): number {
  const part = sum - b;
  return b - (sum - part) + (a - part);
}
