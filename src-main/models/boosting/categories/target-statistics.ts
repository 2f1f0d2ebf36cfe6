/**
 * @file Target statistics of categories: how often rows of the same category had a large target. While training, a row is
 * told only what rows before it in a random order say ("ordered"), so its own target never leaks into its features; the
 * finished model counts all training rows (Prokhorenkova et al. 2018, section 3).
 */
import type { StatisticKind, StatisticTable } from '../ensemble.ts';

/** One entry of CatBoost's simple_ctr or combinations_ctr. */
export interface StatisticSpec {
  readonly statistic: StatisticKind;
  /** TargetBorderCount: borders that cut the target into classes; not read by Counter */
  readonly targetBorders: number;
  /** CtrBorderCount: the statistic is cut into so many + 1 equal bins; at most 254 */
  readonly borders: number;
  /** numerators of priors; denominators are 1 */
  readonly priors: readonly number[];
}

/** CatBoost 1.2 on the CPU: `Borders` with priors 0, 0.5, 1 and `Counter` with prior 0, 15 borders each. */
export const defaultStatistics: readonly StatisticSpec[] = [
  { statistic: 'Borders', targetBorders: 1, borders: 15, priors: [0, 0.5, 1] },
  { statistic: 'Counter', targetBorders: 1, borders: 15, priors: [0] },
];

/** Rows grouped by their combination of categories. */
export interface Buckets {
  /** shape (rows): 0 .. count - 1 */
  readonly of: Int32Array;
  readonly count: number;
}

/** Target classes of the training rows for one number of target borders. */
export interface TargetClasses {
  readonly of: Uint8Array;
  readonly count: number;
}

/** How a statistic is moved and stretched to [0, 1] before it is cut (priors outside of [0, 1] need it). */
export function normalisation(prior: number): { shift: number; width: number } {
  const low = Math.min(0, prior);
  return { shift: 0 - low, width: Math.max(1, prior) - low };
}

/** Columns made by one spec: for each counted class border or bucket, one for each prior. */
export function targetBordersOf(spec: StatisticSpec, classes: number): number {
  if (spec.statistic === 'Buckets') return classes;
  return spec.statistic === 'Borders' ? classes - 1 : 1;
}

/** Values between bins, as CatBoost writes them: bin k + 1 begins at k + 1, less one millionth, in 32 bits. */
export const statisticBorders = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, k) => Math.fround(k + 0.999999));

/** Bin of `numerator` out of `denominator` in 32-bit arithmetic, as CatBoost's CalcCTR. */
function binOf(numerator: number, denominator: number, prior: number, borders: number): number {
  const { shift, width } = normalisation(prior);
  const f = Math.fround;
  const ratio = f(f(numerator + prior) / (denominator + 1));
  return Math.max(0, Math.min(borders, Math.trunc(f(f(f(ratio + shift) / width) * borders))));
}

/** counts below this (a power of 2) are binned by table instead of division */
const tabledBits = 7;
const tabled = 1 << tabledBits;

interface Binner {
  /** bin of n out of d at `(d << tabledBits) + n` */
  readonly table: Uint8Array;
  /** for larger counts */
  bin(numerator: number, denominator: number): number;
}

const binners = new Map<string, Binner>();

function binnerOf(prior: number, borders: number): Binner {
  const key = `${prior} ${borders}`;
  let found = binners.get(key);
  if (found === undefined) {
    const table = new Uint8Array(tabled * tabled);
    for (let d = 0; d < tabled; d++)
      for (let n = 0; n <= d; n++) table[(d << tabledBits) + n] = binOf(n, d, prior, borders);
    const { shift, width } = normalisation(prior);
    const f = Math.fround;
    const bin = (n: number, d: number): number => {
      const ratio = f(f(n + prior) / (d + 1));
      const at = Math.trunc(f(f(f(ratio + shift) / width) * borders));
      return at < 0 ? 0 : at > borders ? borders : at;
    };
    found = { table, bin };
    binners.set(key, found);
  }
  return found;
}

/** `bin(numerator, denominator)` for whole numbers. */
function binner(prior: number, borders: number): (numerator: number, denominator: number) => number {
  const { table, bin } = binnerOf(prior, borders);
  return (n, d) => (d < tabled ? table[(d << tabledBits) + n] : bin(n, d));
}

/**
 * Bins of the columns of one spec, each row seeing the rows before it in `order` only (Counter: all rows, it knows no target).
 * @param order shape (rows): a permutation of the rows
 * @param classes ignored by Counter
 * @returns shape (target borders x priors) x (rows), priors fastest
 */
export function onlineBins(
  spec: StatisticSpec,
  buckets: Buckets,
  order: Uint32Array,
  classes: TargetClasses,
): Uint8Array[] {
  if (spec.statistic === 'Counter') return counterBins(spec, buckets);
  if (spec.statistic === 'BinarizedTargetMeanValue') return meanBins(spec, buckets, order, classes);
  if (spec.statistic === 'Borders' && classes.count === 2) return twoClassBins(spec, buckets, order, classes);
  return classBins(spec, buckets, order, classes);
}

/** How many rows each bucket holds. */
export function bucketSizes({ of, count }: Buckets): Int32Array {
  const sizes = new Int32Array(count);
  for (let i = 0; i < of.length; i++) sizes[of[i]]++;
  return sizes;
}

function largest(sizes: Int32Array): number {
  let most = 0;
  for (let b = 0; b < sizes.length; b++) if (sizes[b] > most) most = sizes[b];
  return most;
}

function counterBins(spec: StatisticSpec, buckets: Buckets): Uint8Array[] {
  const { of, count } = buckets;
  const sizes = bucketSizes(buckets);
  const total = largest(sizes);
  return spec.priors.map((prior) => {
    const { bin } = binnerOf(prior, spec.borders);
    const bins = new Uint8Array(count);
    for (let b = 0; b < count; b++) bins[b] = bin(sizes[b], total);
    const out = new Uint8Array(of.length);
    for (let i = 0; i < out.length; i++) out[i] = bins[of[i]];
    return out;
  });
}

/**
 * The usual case, three priors at a time: rows come in random order, so the fewer places a row is read from and written to,
 * the better.
 */
function twoClassBins(
  spec: StatisticSpec,
  { of, count }: Buckets,
  order: Uint32Array,
  { of: classOf }: TargetClasses,
): Uint8Array[] {
  const rows = of.length;
  const out = spec.priors.map(() => new Uint8Array(rows));
  const bins = spec.priors.map((prior) => binnerOf(prior, spec.borders));
  for (let first = 0; first < out.length; first += 3) {
    const second = Math.min(first + 1, out.length - 1);
    const third = Math.min(first + 2, out.length - 1);
    const [a, b, c] = [out[first], out[second], out[third]];
    const [inA, inB, inC] = [bins[first], bins[second], bins[third]];
    const [tableA, tableB, tableC] = [inA.table, inB.table, inC.table];
    // large targets and all targets seen so far, side by side
    const seen = new Int32Array(2 * count);
    for (let at = 0; at < rows; at++) {
      const i = order[at];
      const bucket = 2 * of[i];
      const large = seen[bucket];
      const all = seen[bucket + 1];
      seen[bucket] = large + classOf[i];
      seen[bucket + 1] = all + 1;
      if (all < tabled) {
        const cell = (all << tabledBits) + large;
        a[i] = tableA[cell];
        b[i] = tableB[cell];
        c[i] = tableC[cell];
      } else {
        a[i] = inA.bin(large, all);
        b[i] = inB.bin(large, all);
        c[i] = inC.bin(large, all);
      }
    }
  }
  return out;
}

function classBins(
  spec: StatisticSpec,
  { of, count }: Buckets,
  order: Uint32Array,
  classes: TargetClasses,
): Uint8Array[] {
  const rows = of.length;
  const borders = targetBordersOf(spec, classes.count);
  const bins = spec.priors.map((prior) => binner(prior, spec.borders));
  const out = Array.from({ length: borders * bins.length }, () => new Uint8Array(rows));
  const width = classes.count + 1;
  const seen = new Int32Array(width * count);
  for (let at = 0; at < rows; at++) {
    const i = order[at];
    const first = width * of[i];
    const all = seen[first];
    let left = all;
    for (let k = 0; k < borders; k++) {
      const inClass = seen[first + 1 + k];
      left -= inClass;
      const numerator = spec.statistic === 'Buckets' ? inClass : left;
      for (let p = 0; p < bins.length; p++) out[k * bins.length + p][i] = bins[p](numerator, all);
    }
    seen[first]++;
    seen[first + 1 + classes.of[i]]++;
  }
  return out;
}

function meanBins(
  spec: StatisticSpec,
  { of, count }: Buckets,
  order: Uint32Array,
  classes: TargetClasses,
): Uint8Array[] {
  const rows = of.length;
  const out = spec.priors.map(() => new Uint8Array(rows));
  const sums = new Float64Array(count);
  const seen = new Int32Array(count);
  const top = Math.max(1, classes.count - 1);
  for (let at = 0; at < rows; at++) {
    const i = order[at];
    const b = of[i];
    spec.priors.forEach((prior, p) => {
      out[p][i] = binOf(sums[b], seen[b], prior, spec.borders);
    });
    sums[b] += classes.of[i] / top;
    seen[b]++;
  }
  return out;
}

/** Counts of all training rows by bucket, for the finished model. `hashes`: shape (buckets), of the combinations. */
export function finalTable(
  statistic: StatisticKind,
  buckets: Buckets,
  classes: TargetClasses,
  hashes: BigUint64Array,
): StatisticTable {
  const { of, count } = buckets;
  if (statistic === 'Counter') {
    const sizes = bucketSizes(buckets);
    return { hashes, counts: Float64Array.from(sizes), classes: 1, total: largest(sizes) };
  }
  if (statistic === 'BinarizedTargetMeanValue') {
    const counts = new Float64Array(2 * count);
    const top = Math.max(1, classes.count - 1);
    for (let i = 0; i < of.length; i++) {
      counts[2 * of[i]] += classes.of[i] / top;
      counts[2 * of[i] + 1]++;
    }
    return { hashes, counts, classes: 2, total: 0 };
  }
  const counts = new Float64Array(classes.count * count);
  for (let i = 0; i < of.length; i++) counts[classes.count * of[i] + classes.of[i]]++;
  return { hashes, counts, classes: classes.count, total: 0 };
}
