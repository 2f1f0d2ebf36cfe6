/** @file Where the bins of columns end: borders from the distinct values of each column, or of a sample of its rows. */
import { createRandom } from '../../random.ts';
import { opSort, pChunks, paramsAt } from '../kernels/assembly/layout.ts';
import type { Borders, Distinct } from './borders.ts';
import { catboostBorders, lightgbmInfinity, xgboostBorders } from './borders.ts';
import type { SharedMemory } from './memory.ts';
import type { Threads } from './threads.ts';
import type { BinningOptions, EngineInput } from './types.ts';

/** Borders come from a sample of this size at most, as LightGBM and CatBoost do by default. */
export const sampleRows = 200_000;
/** values staged in shared memory at a time */
export const stageValues = 2 ** 21;

export interface BinningContext {
  readonly memory: SharedMemory;
  readonly threads: Threads;
  readonly stage: number;
}

/** How the kernel reads values: 1 as 32-bit numbers; 2: rounded to such, as XGBoost and CatBoost do. */
export const kindOf = (values: Float64Array | Float32Array, { borders }: BinningOptions): number =>
  Number(values instanceof Float32Array) + 2 * Number(borders !== 'lightgbm');

/** A stretch of shared memory for values of the type that they have. */
export function stagedAs(
  values: Float64Array | Float32Array,
  { memory }: SharedMemory,
  address: number,
  length: number,
): Float64Array | Float32Array {
  return values instanceof Float32Array
    ? new Float32Array(memory.buffer, address, length)
    : new Float64Array(memory.buffer, address, length);
}

export interface Found {
  readonly borders: Borders;
  readonly hasMissing: boolean;
}

/** Borders of the numeric columns; null for the others. */
export function findBorders(
  { memory, threads, stage }: BinningContext,
  input: EngineInput,
  options: BinningOptions,
  categoryKind: 1 | 2 | null,
): (Found | null)[] {
  const { rows, columns, weight } = input;
  const picked = rows <= sampleRows ? null : stratifiedSample(rows, options.seed);
  const n = picked?.length ?? rows;
  const counterBytes = 6 * 2048 * 4;
  const isLightgbm = options.borders === 'lightgbm';
  const boundBytes = isLightgbm ? 8 * (Math.min(n, options.maxBin) + 2) : 0;
  const columnSize = Math.ceil((2 * 8 * n + counterBytes + boundBytes) / 64) * 64;
  // as many as the threads do in two goes: more would only touch more memory
  const atOnce = Math.max(1, Math.min(2 * threads.count, Math.floor((stageValues * 8) / columnSize)));
  const numeric = columns.map((_, f) => f).filter((f) => categoryKind === null || !input.categorical[f]);
  const borders = new Array<Found | null>(columns.length).fill(null);
  const tasks = memory.allocate(atOnce * 48);
  const words = memory.u32;
  words[(paramsAt + pChunks) / 4] = tasks;
  for (let from = 0; from < numeric.length; from += atOnce) {
    const batch = numeric.slice(from, from + atOnce);
    batch.forEach((f, k) => {
      const address = stage + k * columnSize;
      const values = columns[f];
      const staged = stagedAs(values, memory, address, n);
      if (picked === null) staged.set(values);
      else for (let i = 0; i < n; i++) staged[i] = values[picked[i]];
      const counters = address + 16 * n;
      const rule = isLightgbm ? [options.maxBin, options.minDataInBin, counters + counterBytes] : [0, 0, 0];
      const missing = isLightgbm && picked !== null && anyMissing(values);
      words.set(
        [address, n, address + 8 * n, counters, 0, 0, kindOf(values, options), 0, ...rule, Number(missing)],
        (tasks + 48 * k) / 4,
      );
    });
    threads.run(opSort, batch.length, n * batch.length * 50);
    batch.forEach((f, k) => {
      const [countsAt, valuesAt, total, , distinct, , , bounds, missing] = words.subarray(
        (tasks + 48 * k) / 4 + 3,
      );
      if (isLightgbm) {
        const edges = memory.floats(stage + k * columnSize + 16 * n + counterBytes, bounds).slice();
        borders[f] = { hasMissing: total < n || missing === 1, borders: { edges, beyond: lightgbmInfinity } };
        return;
      }
      const found = {
        values: memory.floats(valuesAt, distinct),
        counts: memory.floats(countsAt, distinct),
        total,
      };
      borders[f] = bordersOf(columns[f], found, weight, picked, options, n);
    });
  }
  return borders;
}

/** A plain loop: `some` takes five times as long. */
function anyMissing(values: Float64Array | Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

function bordersOf(
  values: Float64Array | Float32Array,
  distinct: Distinct,
  weight: Float64Array | null,
  picked: Uint32Array | null,
  options: BinningOptions,
  n: number,
): Found {
  const hasMissing = picked === null ? distinct.total < n : anyMissing(values);
  const { maxBin } = options;
  if (options.borders === 'catboost') {
    // missing values are less than all others: a border of their own divides them from the rest
    const { edges, beyond } = catboostBorders(distinct, hasMissing ? maxBin - 1 : maxBin);
    return {
      hasMissing: false,
      borders: { edges: hasMissing ? Float64Array.of(-beyond, ...edges) : edges, beyond },
    };
  }
  // the bin of missing values must fit a byte too
  const limit = maxBin <= 256 && maxBin + Number(hasMissing) > 256 ? maxBin - 1 : maxBin;
  const weighted = weight === null ? distinct : weigh(distinct, values, weight, picked);
  const found = xgboostBorders(weighted, limit);
  if (picked === null) return { hasMissing, borders: found };
  return { hasMissing, borders: { edges: found.edges, beyond: beyondAll(values, found.beyond) } };
}

/** Weights of the distinct values in place of their counts. */
function weigh(
  { values }: Distinct,
  column: Float64Array | Float32Array,
  weight: Float64Array,
  picked: Uint32Array | null,
): Distinct {
  const counts = new Float64Array(values.length);
  let total = 0;
  const n = picked?.length ?? column.length;
  for (let i = 0; i < n; i++) {
    const row = picked === null ? i : picked[i];
    const value = Math.fround(column[row]);
    if (Number.isNaN(value)) continue;
    let low = 0;
    let high = values.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < value) low = middle + 1;
      else high = middle;
    }
    counts[low] += weight[row];
    total += weight[row];
  }
  return { values, counts, total };
}

function beyondAll(values: Float64Array | Float32Array, beyond: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  return Math.max(beyond, Math.fround(largest + Math.abs(largest) + 1e-5));
}

/** One row of each of {@link sampleRows} equal stretches: even, and blind to periods of a day or a week. */
function stratifiedSample(rows: number, seed: number): Uint32Array {
  const random = createRandom(seed, 9);
  const step = rows / sampleRows;
  return Uint32Array.from({ length: sampleRows }, (_, i) =>
    Math.min(rows - 1, Math.floor(i * step + random.next() * step)),
  );
}
