/** @file Covariates as feature columns: numbers as they are, categories as codes of the training levels. */
import type { Frame } from '../frame.ts';
import { findColumn } from '../frame.ts';
import type { CovariateSpec } from './spec.ts';

export interface Covariate {
  /** shape (rows); see {@link covariateValues} */
  readonly value: Float64Array;
  /** Mean of the `window` rows ending at `row`, missing left out; NaN when all are missing. */
  mean(row: number, window: number): number;
}

export function createCovariate(frame: Frame, spec: CovariateSpec, rows: number): Covariate {
  const value = covariateValues(frame, spec, rows);
  const sum = new Float64Array(rows + 1);
  const count = new Int32Array(rows + 1);
  for (let r = 0; r < rows; r++) {
    const valid = !Number.isNaN(value[r]);
    sum[r + 1] = sum[r] + (valid ? value[r] : 0);
    count[r + 1] = count[r] + (valid ? 1 : 0);
  }
  const mean = (row: number, window: number): number => {
    if (row < 0) return Number.NaN;
    const from = Math.max(0, row + 1 - window);
    const n = count[row + 1] - count[from];
    return n > 0 ? (sum[row + 1] - sum[from]) / n : Number.NaN;
  };
  return { value, mean };
}

/**
 * Values over `rows` rows; NaN beyond the frame, where missing, where the column is absent, and for a level that
 * training did not know.
 */
function covariateValues(frame: Frame, spec: CovariateSpec, rows: number): Float64Array {
  const out = new Float64Array(rows).fill(Number.NaN);
  const column = findColumn(frame, spec.name);
  if (column === undefined) return out;
  const n = Math.min(rows, frame.time.length);
  if (column.type === 'number') {
    if (spec.levels !== null) return out;
    for (let i = 0; i < n; i++) out[i] = Number.isFinite(column.values[i]) ? column.values[i] : Number.NaN;
    return out;
  }
  if (spec.levels === null) return out;
  const codeOf = new Map(spec.levels.map((level, code) => [level, code]));
  const codes = column.levels.map((level) => codeOf.get(level) ?? Number.NaN);
  for (let i = 0; i < n; i++) if (column.codes[i] >= 0) out[i] = codes[column.codes[i]];
  return out;
}
