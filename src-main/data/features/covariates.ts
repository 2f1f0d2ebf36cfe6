/** @file Covariates as feature columns: numbers as they are, categories as codes of the training levels. */
import type { Frame } from '../frame.ts';
import { findColumn } from '../frame.ts';
import type { CovariateSpec } from './spec.ts';

/**
 * Values over `rows` rows; NaN beyond the frame, where missing, where the column is absent, and for a level that
 * training did not know.
 */
export function covariateValues(frame: Frame, spec: CovariateSpec, rows: number): Float64Array {
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
