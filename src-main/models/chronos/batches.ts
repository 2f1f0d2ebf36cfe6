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
