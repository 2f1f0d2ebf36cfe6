/** The models of this folder, what their libraries predict with them, and their rows as our columns. */
import fs from 'node:fs';
import path from 'node:path';
import type { TreeEnsemble } from '../../../src-main/models/boosting/ensemble.ts';
import { readModelFile } from '../../../src-main/models/boosting/interchange/formats.ts';
import { createPredictor } from '../../../src-main/models/boosting/predict/predictor.ts';

export interface Case {
  readonly file: string;
  readonly columns: Readonly<Record<string, readonly (number | string | null)[]>>;
  readonly levels: Readonly<Record<string, readonly string[]>>;
  /** shape (outputs) x (rows) */
  readonly predicted: readonly (readonly number[])[];
}

export const folder = import.meta.dirname;

export const cases = JSON.parse(fs.readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, Case>;

export const bytesOf = (file: string): Uint8Array => fs.readFileSync(path.join(folder, file));

export const readCase = (file: string): TreeEnsemble => readModelFile({ bytes: bytesOf(file), file }).ensemble;

/** Numbers, NaN for missing, codes for categories (-1: a text the model does not know). */
export function columnsOf(ensemble: TreeEnsemble, { columns, levels }: Case): Float64Array[] {
  return ensemble.features.map(({ name, categories }) => {
    const texts = categories ?? levels[name] ?? [];
    return Float64Array.from(columns[name], (value) =>
      value === null ? Number.NaN : typeof value === 'number' ? value : texts.indexOf(value),
    );
  });
}

export function predictCase(ensemble: TreeEnsemble, columns: readonly Float64Array[]): Float64Array[] {
  return createPredictor(ensemble).predict(columns, columns[0].length);
}

/** Largest difference, relative to the size of what is expected. */
export function largestDifference(found: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]): number {
  if (found.length !== expected.length) return Infinity;
  let worst = 0;
  expected.forEach((column, k) => {
    if (found[k].length !== column.length) worst = Infinity;
    for (let i = 0; i < column.length; i++) {
      const difference = Math.abs(found[k][i] - column[i]) / Math.max(1, Math.abs(column[i]));
      worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
    }
  });
  return worst;
}
