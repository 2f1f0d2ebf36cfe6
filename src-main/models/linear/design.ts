/** @file The design of a linear model: which terms a feature matrix yields, and how each is centred and scaled. */
import type { FeatureMatrix } from '../estimator.ts';

/** A column of the design: a source column, and what is made of it. */
export interface Term {
  readonly source: number;
  /** >= 0: 1 where the category has this code; -1: the value; -2: 1 where the value is missing */
  readonly code: number;
}

const maxCodes = 200;

function termsOf(features: FeatureMatrix): Term[] {
  const terms: Term[] = [];
  features.columns.forEach((column, source) => {
    if (features.categorical[source]) {
      const codes = new Set<number>();
      for (const value of column) if (value >= 0 && codes.size < maxCodes) codes.add(value);
      for (const code of [...codes].sort((a, b) => a - b)) terms.push({ source, code });
    } else {
      terms.push({ source, code: -1 });
      if (column.some(Number.isNaN)) terms.push({ source, code: -2 });
    }
  });
  return terms;
}

/** Values of one term; `fill` replaces missing ones. */
function termValues(column: Float64Array, rows: number, term: Term, fill: number): Float64Array {
  const out = new Float64Array(rows);
  if (term.code >= 0) for (let i = 0; i < rows; i++) out[i] = column[i] === term.code ? 1 : 0;
  else if (term.code === -2) for (let i = 0; i < rows; i++) out[i] = Number.isNaN(column[i]) ? 1 : 0;
  else for (let i = 0; i < rows; i++) out[i] = Number.isNaN(column[i]) ? fill : column[i];
  return out;
}

interface Moments {
  readonly mean: number;
  readonly scale: number;
}

/** Over valid values; scale 0 for a column that never changes: its coefficient is left out. */
export function moments(values: Float64Array, weight: Float64Array | null): Moments {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const w = weight === null ? 1 : weight[i];
    if (Number.isNaN(values[i]) || w === 0) continue;
    sum += w * values[i];
    total += w;
  }
  if (total === 0) return { mean: 0, scale: 0 };
  const mean = sum / total;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const w = weight === null ? 1 : weight[i];
    if (!Number.isNaN(values[i]) && w !== 0) square += w * (values[i] - mean) ** 2;
  }
  const scale = Math.sqrt(square / total);
  return { mean, scale: scale > 1e-9 * Math.max(1e-300, Math.abs(mean)) ? scale : 0 };
}

export interface Design {
  readonly terms: readonly Term[];
  /** per term: what missing values become */
  readonly fill: Float64Array;
  /** per term: mean and standard deviation; scale 0 for a term that never changes */
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** standardised columns of the terms that change, shape (rows) each, and which terms they are */
  readonly columns: readonly Float64Array[];
  readonly used: readonly number[];
}

/** @param centred false: only scaled, for a model without a constant term */
export function standardise(features: FeatureMatrix, weight: Float64Array | null, centred: boolean): Design {
  const terms = termsOf(features);
  const fill = new Float64Array(terms.length);
  const mean = new Float64Array(terms.length);
  const scale = new Float64Array(terms.length);
  const columns: Float64Array[] = [];
  const used: number[] = [];
  terms.forEach((term, t) => {
    const raw = features.columns[term.source];
    fill[t] = moments(raw, weight).mean;
    const values = termValues(raw, features.rows, term, fill[t]);
    const own = moments(values, weight);
    mean[t] = centred ? own.mean : 0;
    scale[t] = own.scale;
    if (own.scale === 0) return;
    for (let i = 0; i < values.length; i++) values[i] = (values[i] - mean[t]) / own.scale;
    columns.push(values);
    used.push(t);
  });
  return { terms, fill, mean, scale, columns, used };
}
