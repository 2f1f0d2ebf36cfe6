/** @file Rows that a network reads at once: how many fit, those of about one length together, and rows that go on from their forecasts. */

export type Row = Float32Array | Float64Array;

interface LayerSizes {
  readonly dModel: number;
  readonly dFf: number;
  readonly heads: number;
}

/** Rows whose intermediate values take so many bytes; the same on every machine, so that results are. */
export function rowsAtOnce({ dFf, dModel, heads }: LayerSizes, tokens: number, memory: number): number {
  const bytes = 4 * tokens * (2 * dFf + 8 * dModel + 2 * heads * tokens);
  return Math.max(1, Math.min(256, Math.floor(memory / bytes)));
}

/** What a processor's cache about holds: larger batches take longer a row. */
const cacheMemory = 2 ** 25;
/** What keeps a graphics card busy and fits into a small one. */
const cardMemory = 2 ** 28;
/** More keeps no card busier. */
const mostCardMemory = 2 ** 31;

/**
 * Bytes of intermediate values of a batch: what is fastest, a card with much memory takes more, and never more than a quarter of what is free.
 * @param free bytes; infinite: not known
 */
export function batchMemory(onCard: boolean, free: number): number {
  const known = Number.isFinite(free) ? free : 0;
  const fastest = onCard ? Math.min(mostCardMemory, Math.max(cardMemory, known / 16)) : cacheMemory;
  return Math.min(fastest, free / 4);
}

interface TrainedSizes extends LayerSizes {
  readonly layers: number;
}

/** Bytes that a training step keeps of its way forth, at least: an estimate that is rather too small. */
export const trainingMemory = (
  { layers, dModel, dFf, heads }: TrainedSizes,
  rows: number,
  tokens: number,
): number => 4 * rows * layers * tokens * (16 * dModel + 2 * dFf + 3 * heads * tokens);

export interface BatchPlan {
  /** most series at once */
  readonly atOnce: number;
  /** most steps of a series that are read, the last ones */
  readonly steps: number;
  /** series done so far */
  progress(done: number, of: number): void;
}

/** What `forecast` gives for each series; those of about one length stand together. */
export async function inBatches(
  series: readonly Row[],
  plan: BatchPlan,
  forecast: (contexts: readonly Row[]) => Promise<readonly Float32Array[]>,
): Promise<Float32Array[]> {
  const { atOnce, steps } = plan;
  const out = new Array<Float32Array>(series.length);
  const order = series.map((_, i) => i).sort((a, b) => series[a].length - series[b].length || a - b);
  for (let done = 0; done < order.length; done += atOnce) {
    const batch = order.slice(done, done + atOnce);
    const made = await forecast(batch.map((i) => lastSteps(series[i], steps)));
    batch.forEach((i, k) => (out[i] = made[k]));
    plan.progress(Math.min(order.length, done + atOnce), order.length);
  }
  return out;
}

export const lastSteps = (row: Row, steps: number): Row => row.subarray(Math.max(0, row.length - steps));

/** A row and what follows it, as far back as is read. */
export function goneOn(row: Row, next: Float32Array, steps: number): Float32Array {
  const long = new Float32Array(row.length + next.length);
  long.set(row);
  long.set(next, row.length);
  return long.subarray(Math.max(0, long.length - steps));
}
