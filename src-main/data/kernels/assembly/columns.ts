/**
 * @file AssemblyScript (not TypeScript): figures of one number column, a block of rows at a time. Sums run in the order of
 * the rows, so that they are those of a plain loop to the bit.
 */

/** Running figures; the same offsets are in column-figures.ts. All f64, so that one view reads them. */
@unmanaged
class Figures {
  /** the first reading: squares are taken around it, so that meter totals keep their digits */
  about: f64; // 0
  count: f64; // 1
  zeros: f64; // 2
  negatives: f64; // 3
  min: f64; // 4
  max: f64; // 5
  sum: f64; // 6
  squares: f64; // 7
  fractions: f64; // 8: readings that are no whole numbers
  /** rows in the longest stretch of one and the same reading */
  longest: f64; // 9
  run: f64; // 10
  last: f64; // 11
}

export function addUp(at: usize, values: usize, n: i32): void {
  const f = changetype<Figures>(at);
  let count = f.count;
  let about = f.about;
  let sum = f.sum;
  let squares = f.squares;
  let min = f.min;
  let max = f.max;
  let zeros = 0;
  let negatives = 0;
  let fractions = 0;
  let missing = 0;
  let longest = <i32>f.longest;
  let run = <i32>f.run;
  let last = f.last;
  let i = 0;
  if (count == 0) {
    while (i < n && isNaN(load<f64>(values + (<usize>i << 3)))) {
      i++;
      missing++;
    }
    if (i < n) about = load<f64>(values + (<usize>i << 3));
  }
  for (; i < n; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (value == last) run++;
    else run = 1;
    last = value;
    longest = max32(longest, run);
    if (value != value) {
      missing++;
      continue;
    }
    const off = value - about;
    sum += off;
    squares += off * off;
    zeros += <i32>(value == 0);
    negatives += <i32>(value < 0);
    fractions += <i32>(Math.floor(value) != value);
    min = value < min ? value : min;
    max = value > max ? value : max;
  }
  f.about = about;
  f.count = count + <f64>(n - missing);
  f.zeros += <f64>zeros;
  f.negatives += <f64>negatives;
  f.min = min;
  f.max = max;
  f.sum = sum;
  f.squares = squares;
  f.fractions += <f64>fractions;
  f.longest = <f64>longest;
  f.run = <f64>run;
  f.last = last;
}

// @ts-expect-error: decorator
@inline
function max32(a: i32, b: i32): i32 {
  return a > b ? a : b;
}

/** Sums and counts per place. */
export function addPerPlace(values: usize, places: usize, n: i32, sums: usize, counts: usize): void {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (value != value) continue;
    const place = <usize>load<i32>(places + (<usize>i << 2));
    store<f64>(sums + (place << 3), load<f64>(sums + (place << 3)) + value);
    store<i32>(counts + (place << 2), load<i32>(counts + (place << 2)) + 1);
  }
}

/**
 * One value per place: notes the first of each, and counts.
 * @param modulo places are taken by their remainder; @param missing stands for no value, beside NaN
 * @returns false as soon as a place has two
 */
export function onePerPlace(
  values: usize,
  places: usize,
  n: i32,
  modulo: i32,
  missing: f64,
  first: usize,
  counts: usize,
): bool {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (value != value || value == missing) continue;
    let place = load<i32>(places + (<usize>i << 2));
    if (place >= modulo) place %= modulo;
    const count = load<i32>(counts + (<usize>place << 2));
    if (count == 0) store<f64>(first + (<usize>place << 3), value);
    else if (load<f64>(first + (<usize>place << 3)) != value) return false;
    store<i32>(counts + (<usize>place << 2), count + 1);
  }
  return true;
}

/** Counts per bin of equal width, the last one closed. */
export function addPerBin(values: usize, n: i32, min: f64, perWidth: f64, bins: usize, last: i32): void {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (value != value) continue;
    let bin = <i32>((value - min) * perWidth);
    if (bin > last) bin = last;
    store<i32>(bins + (<usize>bin << 2), load<i32>(bins + (<usize>bin << 2)) + 1);
  }
}
