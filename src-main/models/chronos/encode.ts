/**
 * @file From series to what the network reads: normalisation, patches, time encoding, masks (specification of the model:
 * arXiv 2510.15821, sections 3 and 4). Sums run in 64 bits and are rounded to 32, where the original works in 32.
 */
import type { Chronos2Config } from './config.ts';

export interface SeriesBatch {
  /** rows of one or several series; NaN is missing; each row [context steps], of any length */
  readonly contexts: readonly (Float32Array | Float64Array)[];
  /** rows with the same number see each other */
  readonly groups: readonly number[];
  /** known values of the steps ahead, per row; null where nothing is known; NaN where a step is not */
  readonly futures: readonly (Float32Array | Float64Array | null)[];
  readonly outputPatches: number;
}

export interface EncodedBatch {
  readonly rows: number;
  readonly contextPatches: number;
  readonly outputPatches: number;
  /** rows x (context patches) x 3P: time, value, mask */
  readonly context: Float32Array;
  /** rows x (output patches) x 3P */
  readonly future: Float32Array;
  /** rows x tokens: 1 where a token may be looked at (patches with a value, the REG token, the future) */
  readonly tokens: Float32Array;
  readonly groups: Int32Array;
  /** per row */
  readonly loc: Float32Array;
  readonly scale: Float32Array;
}

const { fround } = Math;

/**
 * Mean and population deviation of what is there; 0 and 1 where nothing is. The deviation of what stays at one value, but for
 * rounding, is read as 1e-5.
 */
export function locationScale(values: Float32Array | Float64Array): {
  readonly loc: number;
  readonly scale: number;
  /** nothing is there, or always the same */
  readonly constant: boolean;
} {
  let count = 0;
  let total = 0;
  for (const value of values)
    if (!Number.isNaN(value)) {
      count++;
      total += fround(value);
    }
  if (count === 0) return { loc: 0, scale: 1, constant: true };
  const loc = fround(total / count);
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (fround(value) - loc) ** 2;
  const scale = fround(Math.sqrt(squares / count));
  // what rounding leaves of a constant series is not a spread
  const constant = scale <= Math.abs(loc) * 2 ** -22;
  return { loc, scale: constant ? fround(1e-5) : scale, constant };
}

/** Nothing there, or always the same, in whatever unit: normalised, a change of it would be enormous. */
export const saysNothing = (values: Float32Array | Float64Array): boolean => locationScale(values).constant;

/** asinh((x - loc) / scale), or without asinh where the configuration says so; NaN stays. */
export function normalised(value: number, loc: number, scale: number, arcsinh: boolean): number {
  const z = fround(fround(fround(value) - loc) / scale);
  return arcsinh ? Math.asinh(z) : z;
}

export function encodeBatch(config: Chronos2Config, batch: SeriesBatch): EncodedBatch {
  const { patch, contextLength, timeScale, arcsinh } = config;
  const kept = batch.contexts.map((one) => one.subarray(Math.max(0, one.length - contextLength)));
  const rows = kept.length;
  const n = Math.max(1, Math.ceil(Math.max(...kept.map((one) => one.length)) / patch));
  const m = batch.outputPatches;
  const width = 3 * patch;
  const context = new Float32Array(rows * n * width);
  const future = new Float32Array(rows * m * width);
  const tokens = new Float32Array(rows * (n + 1 + m)).fill(1);
  const loc = new Float32Array(rows);
  const scale = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const stats = locationScale(kept[row]);
    loc[row] = stats.loc;
    scale[row] = stats.scale;
    const padding = n * patch - kept[row].length;
    for (let p = 0; p < n; p++) {
      const at = (row * n + p) * width;
      let seen = 0;
      for (let j = 0; j < patch; j++) {
        const position = p * patch + j;
        context[at + j] = (position - n * patch) / timeScale;
        const value = position < padding ? Number.NaN : kept[row][position - padding];
        if (Number.isNaN(value)) continue;
        seen = 1;
        context[at + patch + j] = normalised(value, stats.loc, stats.scale, arcsinh);
        context[at + 2 * patch + j] = 1;
      }
      tokens[row * (n + 1 + m) + p] = seen;
    }
    const known = batch.futures[row];
    for (let position = 0; position < m * patch; position++) {
      const at = (row * m + Math.floor(position / patch)) * width + (position % patch);
      future[at] = position / timeScale;
      const value = known === null || position >= known.length ? Number.NaN : known[position];
      if (Number.isNaN(value)) continue;
      future[at + patch] = normalised(value, stats.loc, stats.scale, arcsinh);
      future[at + 2 * patch] = 1;
    }
  }
  return {
    rows,
    contextPatches: n,
    outputPatches: m,
    context,
    future,
    tokens,
    groups: Int32Array.from(batch.groups),
    loc,
    scale,
  };
}

/** Network output back to the unit of the series, in place: rows x quantiles x steps. */
export function denormalise(
  output: Float32Array,
  loc: Float32Array,
  scale: Float32Array,
  arcsinh: boolean,
): Float32Array {
  const perRow = output.length / loc.length;
  for (let i = 0; i < output.length; i++) {
    const row = Math.floor(i / perRow);
    output[i] = fround(fround(arcsinh ? Math.sinh(output[i]) : output[i]) * scale[row]) + loc[row];
  }
  return output;
}

/** cos and sin of the rotary position encoding, each tokens x headSize / 2. */
export function rotaryTables(
  tokens: number,
  headSize: number,
  theta: number,
): { readonly cos: Float32Array; readonly sin: Float32Array } {
  const half = headSize / 2;
  const cos = new Float32Array(tokens * half);
  const sin = new Float32Array(tokens * half);
  const frequency = Float32Array.from({ length: half }, (_, i) => 1 / fround(theta ** ((2 * i) / headSize)));
  for (let t = 0; t < tokens; t++)
    for (let i = 0; i < half; i++) {
      const angle = fround(t * frequency[i]);
      cos[t * half + i] = Math.cos(angle);
      sin[t * half + i] = Math.sin(angle);
    }
  return { cos, sin };
}
