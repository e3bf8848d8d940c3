// The smallest tape that trains networks: every operation on numbers makes an object that knows its operands.

export class Scalar {
  value: number;
  gradient = 0;
  readonly #operands: readonly Scalar[];
  /** The derivatives of the value by the operands. */
  readonly #partials: readonly number[];

  constructor(value: number, operands: readonly Scalar[] = [], partials: readonly number[] = []) {
    this.value = value;
    this.#operands = operands;
    this.#partials = partials;
  }

  plus(other: Scalar): Scalar {
    return new Scalar(this.value + other.value, [this, other], [1, 1]);
  }

  minus(other: Scalar): Scalar {
    return new Scalar(this.value - other.value, [this, other], [1, -1]);
  }

  times(other: Scalar): Scalar {
    return new Scalar(this.value * other.value, [this, other], [other.value, this.value]);
  }

  scaled(factor: number): Scalar {
    return new Scalar(this.value * factor, [this], [factor]);
  }

  squared(): Scalar {
    return new Scalar(this.value * this.value, [this], [2 * this.value]);
  }

  sigmoid(): Scalar {
    const value = 1 / (1 + Math.exp(-this.value));
    return new Scalar(value, [this], [value * (1 - value)]);
  }

  /** Adds to the gradient of everything that this value depends on. */
  backward(): void {
    this.gradient = 1;
    for (const scalar of this.#ordered().reverse()) {
      scalar.#operands.forEach((operand, k) => {
        operand.gradient += scalar.gradient * (scalar.#partials[k] as number);
      });
    }
  }

  /** Everything that this value depends on, operands first. */
  #ordered(): Scalar[] {
    const order: Scalar[] = [];
    const seen = new Set<Scalar>();
    const visit = (scalar: Scalar): void => {
      if (seen.has(scalar)) return;
      seen.add(scalar);
      scalar.#operands.forEach(visit);
      order.push(scalar);
    };
    visit(this);
    return order;
  }
}
