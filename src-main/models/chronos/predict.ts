/**
 * @file Forecasts of items (one or several target series with their covariates) by a Chronos-2 checkpoint: batches, horizons
 * beyond the model's own by going on from its quantiles, levels between the model's. As the original's pipeline
 * (chronos-forecasting 2.3, `Chronos2Pipeline.predict_quantiles`), but for batches: items of one size stand together.
 */
import { AppError } from '../../../src-preload/contract/index.ts';
import { isOutOfMemory } from '../../tensor/out-of-memory.ts';
import { batchMemory, goneOn, lastSteps, rowsAtOnce } from './batches.ts';
import type { Row } from './batches.ts';
import type { Chronos2Config } from './config.ts';
import { encodeBatch } from './encode.ts';
import { atLevels, massOf, weightedQuantiles } from './quantile-levels.ts';
import type { Chronos2Runner } from './runner.ts';

export interface ChronosItem {
  /** shape (targets)(steps); NaN is missing */
  readonly targets: readonly Row[];
  /** covariates that end where the targets end, as long as these */
  readonly past: readonly Row[];
  /** covariates whose values are known for the steps ahead too; NaN where a step is not known */
  readonly known: readonly { readonly past: Row; readonly future: Row }[];
}

export interface PredictOptions {
  /** steps ahead */
  readonly horizon: number;
  /** last steps that are read; at most, and by default, the model's */
  readonly context?: number;
  /** all items see each other; else each only itself */
  readonly crossLearning?: boolean;
  /** most rows at once; default: by what is best for the processor's cache or the card, and by what is free */
  readonly rows?: number;
  /** items done so far */
  progress?(done: number, of: number): void;
  /** hears that memory ran out */
  warn?(message: string): void;
}

/** Shape (targets)(model levels x horizon), level by level. */
export type ItemForecast = readonly Float32Array[];

/** Levels whose forecasts are gone on from, each in a path of its own. */
const pathLevels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Rows of one batch see each other in cross-learning, so there the batch decides the result and is the same everywhere. */
const crossLearningMemory = 2 ** 29;

/** @throws AppError `out-of-memory` when not even a single item fits */
export async function predictItems(
  runner: Chronos2Runner,
  items: readonly ChronosItem[],
  options: PredictOptions,
): Promise<ItemForecast[]> {
  const { config } = runner;
  const { horizon, crossLearning = false } = options;
  const steps = Math.min(options.context ?? config.contextLength, config.contextLength);
  const memory = crossLearning ? crossLearningMemory : batchMemory(runner.onCard, runner.freeMemory);
  const tokens = Math.ceil(steps / config.patch) + 1 + Math.ceil(horizon / config.patch);
  const rows = options.rows ?? rowsAtOnce(config, tokens, memory);
  const out = new Array<ItemForecast>(items.length);
  const waiting = [...batches(items, rows, crossLearning)].reverse();
  let most = Infinity;
  let done = 0;
  for (let batch = waiting.pop(); batch !== undefined; batch = waiting.pop()) {
    if (batch.length > most) {
      waiting.push(batch.slice(most), batch.slice(0, most));
      continue;
    }
    try {
      const forecasts = await predictBatch(
        runner,
        batch.map((i) => rowsOf(items[i], steps, horizon)),
        options,
      );
      batch.forEach((i, k) => (out[i] = forecasts[k]));
    } catch (thrown) {
      if (!isOutOfMemory(thrown)) throw thrown;
      await runner.close(); // sessions hold what they once needed; they are opened again
      if (batch.length > 1 && !crossLearning) {
        most = Math.ceil(batch.length / 2);
        options.warn?.(
          `memory ran out: forecasts go on with ${most === 1 ? 'one item' : `${most} items`} at a time`,
        );
      } else if (!runner.leaveCard(thrown)) throw tooLarge(thrown);
      waiting.push(batch);
      continue;
    }
    done += batch.length;
    options.progress?.(done, items.length);
  }
  return out;
}

const tooLarge = (cause: unknown): AppError =>
  new AppError(
    {
      code: 'out-of-memory',
      message: 'The memory is too small to forecast with this model, even one item at a time.',
      hint: 'Shorten model.params.context_length, name fewer covariates, or take a smaller model.',
      place: { key: 'model.params.context_length' },
    },
    { cause },
  );

/** Rows of a group: targets first, then what is known of others. */
interface Group {
  readonly targets: number;
  readonly contexts: readonly Row[];
  /** null: nothing is known ahead */
  readonly futures: readonly (Row | null)[];
}

const sizeOf = (item: ChronosItem): number => item.targets.length + item.past.length + item.known.length;
const lengthOf = (item: ChronosItem): number => item.targets[0].length;

/** Items that can go together: of one size and, where possible, of about one length. */
function* batches(items: readonly ChronosItem[], rows: number, together: boolean): Generator<number[]> {
  const order = items.map((_, i) => i);
  if (together) {
    yield* chunks(order, items, rows);
    return;
  }
  const bySize = Map.groupBy(order, (i) => sizeOf(items[i]));
  for (const list of bySize.values())
    yield* chunks(
      list.sort((a, b) => lengthOf(items[a]) - lengthOf(items[b]) || a - b),
      items,
      rows,
    );
}

function* chunks(order: readonly number[], items: readonly ChronosItem[], rows: number): Generator<number[]> {
  let batch: number[] = [];
  let count = 0;
  for (const i of order) {
    if (batch.length > 0 && count + sizeOf(items[i]) > rows) {
      yield batch;
      batch = [];
      count = 0;
    }
    batch.push(i);
    count += sizeOf(items[i]);
  }
  if (batch.length > 0) yield batch;
}

function rowsOf({ targets, past, known }: ChronosItem, steps: number, horizon: number): Group {
  const cut = (row: Row): Row => lastSteps(row, steps);
  return {
    targets: targets.length,
    contexts: [...targets, ...past, ...known.map((one) => one.past)].map(cut),
    futures: [
      ...targets.map(() => null),
      ...past.map(() => null),
      ...known.map((one) => one.future.subarray(0, horizon)),
    ],
  };
}

async function predictBatch(
  runner: Chronos2Runner,
  items: readonly Group[],
  { horizon, crossLearning = false }: PredictOptions,
): Promise<ItemForecast[]> {
  const { patch, quantiles, maxOutputPatches } = runner.config;
  // together, all rows of the batch are one group
  const groups: readonly Group[] = crossLearning
    ? [
        {
          targets: 0,
          contexts: items.flatMap((one) => one.contexts),
          futures: items.flatMap((one) => one.futures),
        },
      ]
    : items;
  const first = Math.min(horizon, maxOutputPatches * patch);
  let made = await forward(runner, groups, Math.ceil(first / patch));
  let steps = first;
  if (horizon > first) {
    const pieces = made.map((rows) => rows.map((row) => [row]));
    let paths: Group[] = groups.flatMap((group) => pathLevels.map(() => group));
    while (steps < horizon) {
      const before = made;
      paths = paths.map((group, p) =>
        extended(
          group,
          before[Math.floor(p / pathLevels.length)],
          pathLevels[p % pathLevels.length],
          runner.config,
        ),
      );
      const next = Math.min(horizon - steps, maxOutputPatches * patch);
      const ahead = await forward(runner, paths, Math.ceil(next / patch));
      made = groups.map((group, g) =>
        group.contexts.map((_, r) =>
          mixed(
            pathLevels.map((__, p) => ahead[g * pathLevels.length + p][r]),
            quantiles,
          ),
        ),
      );
      made.forEach((rows, g) => rows.forEach((row, r) => pieces[g][r].push(row)));
      steps += next;
    }
    made = pieces.map((rows) => rows.map((parts) => joined(parts, quantiles.length)));
  }
  const flat = made.flat();
  let at = 0;
  return items.map((item) => {
    const rows = flat.slice(at, at + item.targets);
    at += item.contexts.length;
    return rows.map((row) => trimmed(row, quantiles.length, horizon));
  });
}

/** Shape (groups)(rows)(levels x steps). Groups must be of one size, or one group. */
async function forward(
  runner: Chronos2Runner,
  groups: readonly Group[],
  patches: number,
): Promise<Float32Array[][]> {
  const members = groups[0].contexts.length;
  const contexts = groups.flatMap((group) => group.contexts);
  const batch = encodeBatch(runner.config, {
    contexts,
    groups: groups.flatMap((group, g) => group.contexts.map(() => g)),
    futures: groups.flatMap((group) =>
      group.futures.map((row) => row?.subarray(0, patches * runner.config.patch) ?? null),
    ),
    outputPatches: patches,
  });
  const out = await runner.run(batch, members);
  const size = out.length / contexts.length;
  return groups.map((_, g) =>
    Array.from({ length: members }, (__, r) =>
      out.subarray((g * members + r) * size, (g * members + r + 1) * size),
    ),
  );
}

/** The group some steps on: each row followed by its own forecast of one level, or by what is known. */
function extended(
  group: Group,
  forecast: readonly Float32Array[],
  level: number,
  config: Chronos2Config,
): Group {
  const { quantiles, contextLength } = config;
  const contexts = group.contexts.map((row, r) => {
    const steps = forecast[r].length / quantiles.length;
    const next = Float32Array.from({ length: steps }, (_, t) => {
      const known = group.futures[r]?.[t];
      if (known !== undefined && !Number.isNaN(known)) return known;
      return atLevels(
        quantiles,
        quantiles.map((__, q) => forecast[r][q * steps + t]),
        [level],
      )[0];
    });
    return goneOn(row, next, contextLength);
  });
  const steps = forecast[0].length / quantiles.length;
  return {
    ...group,
    contexts,
    futures: group.futures.map((row) => row?.subarray(Math.min(steps, row.length)) ?? null),
  };
}

/** Quantiles over all paths: each path's values count by the mass of its level and of their own. */
function mixed(paths: readonly Float32Array[], levels: readonly number[]): Float32Array {
  const [outer, inner] = [massOf(pathLevels), massOf(levels)];
  const weights = outer.flatMap((mass) => inner.map((own) => mass * own));
  const steps = paths[0].length / levels.length;
  const out = new Float32Array(paths[0].length);
  for (let t = 0; t < steps; t++) {
    const samples = paths.flatMap((path) => levels.map((_, q) => path[q * steps + t]));
    weightedQuantiles(samples, weights, levels).forEach((value, q) => (out[q * steps + t] = value));
  }
  return out;
}

/** Pieces of a forecast, each levels x steps, one after the other. */
function joined(parts: readonly Float32Array[], levels: number): Float32Array {
  const counts = parts.map((part) => part.length / levels);
  const steps = counts.reduce((a, b) => a + b, 0);
  const out = new Float32Array(levels * steps);
  for (let q = 0; q < levels; q++) {
    let at = q * steps;
    parts.forEach((part, i) => {
      out.set(part.subarray(q * counts[i], (q + 1) * counts[i]), at);
      at += counts[i];
    });
  }
  return out;
}

function trimmed(row: Float32Array, levels: number, horizon: number): Float32Array {
  const steps = row.length / levels;
  const out = new Float32Array(levels * horizon);
  for (let q = 0; q < levels; q++) out.set(row.subarray(q * steps, q * steps + horizon), q * horizon);
  return out;
}
