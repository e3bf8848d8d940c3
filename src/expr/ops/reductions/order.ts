// The stable order of numbers: a merge sort of their places, NaN behind all others.

/**
 * The places of numbers in rising (or falling) order, counted from the first of them. Equal numbers keep their
 * order; NaN counts as the largest.
 */
export function sortedPlaces(
  numbers: ArrayLike<number>,
  start: number,
  stop: number,
  descending: boolean,
): Int32Array {
  const keys = new Float64Array(stop - start);
  for (let i = 0; i < keys.length; i++) {
    const number = numbers[start + i] as number;
    keys[i] = descending ? -number : number;
  }
  const { ordered, unordered } = withoutNaN(keys);
  const sorted = mergeSorted(keys, ordered);
  const places = new Int32Array(keys.length);
  places.set(sorted, descending ? unordered.length : 0);
  places.set(unordered, descending ? 0 : sorted.length);
  return places;
}

function withoutNaN(keys: Float64Array): { ordered: Int32Array; unordered: Int32Array } {
  const places = new Int32Array(keys.length);
  let [low, high] = [0, keys.length];
  for (let i = 0; i < keys.length; i++) {
    if (Number.isNaN(keys[i])) places[--high] = i;
    else places[low++] = i;
  }
  return { ordered: places.subarray(0, low), unordered: places.slice(high).reverse() };
}

/** Sorts places by their keys: runs of double length are merged in turn from one array to another. */
function mergeSorted(keys: Float64Array, places: Int32Array): Int32Array {
  let source: Int32Array = places;
  let target: Int32Array = new Int32Array(places.length);
  for (let width = 1; width < places.length; width *= 2) {
    for (let start = 0; start < places.length; start += 2 * width) {
      const middle = Math.min(start + width, places.length);
      merge(keys, source, target, start, middle, Math.min(middle + width, places.length));
    }
    [source, target] = [target, source];
  }
  return source;
}

function merge(
  keys: Float64Array,
  source: Int32Array,
  target: Int32Array,
  start: number,
  middle: number,
  stop: number,
): void {
  let left = start;
  let right = middle;
  for (let at = start; at < stop; at++) {
    const fromLeft =
      right === stop ||
      (left < middle &&
        (keys[source[left] as number] as number) <= (keys[source[right] as number] as number));
    target[at] = source[fromLeft ? left++ : right++] as number;
  }
}
