// A polynomial by Horner's rule, for the kernels whose tables list coefficients from the lowest up.

export function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k]!;
  return sum;
}
