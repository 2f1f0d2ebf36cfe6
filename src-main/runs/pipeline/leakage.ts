/**
 * @file Does a column give the target away at the same instant? The import has looked, for the target chosen then; for
 * another target the plain relation is measured here.
 */
import type { ColumnInfo } from '../../../src-preload/contract/index.ts';
import { groupR2, linearR2 } from '../../data/analysis/numbers.ts';
import { findColumn } from '../../data/frame.ts';
import type { Frame } from '../../data/frame.ts';
import type { ResolvedRecipe } from './resolve.ts';
import { percent } from './artifacts.ts';

/** Explained variance from which a column is no longer a covariate but the answer in other units. */
export const leakR2 = 0.95;

export interface LeakInput {
  readonly frame: Frame;
  readonly recipe: ResolvedRecipe;
  readonly columns: readonly ColumnInfo[];
  /** target chosen at import: the import's leakage findings hold for it */
  readonly importTarget: string | null;
}

/** @returns why, in words, or null */
export function leakOf(input: LeakInput, name: string): string | null {
  const { target } = input.recipe.data;
  if (target === input.importTarget) {
    const leak = input.columns.find((column) => column.name === name)?.leakage;
    if (!leak) return null;
    const others = leak.with.filter((other) => other !== name && other !== target);
    return `R² ${leak.r2.toFixed(3)}${others.length > 0 ? ` together with ${others.join(', ')}` : ''}`;
  }
  const actual = findColumn(input.frame, target);
  const column = findColumn(input.frame, name);
  if (!column || actual?.type !== 'number') return null;
  const r2 =
    column.type === 'number'
      ? (linearR2(column.values, actual.values)?.r2 ?? null)
      : groupR2(column.codes, column.levels.length, actual.values);
  return r2 !== null && r2 >= leakR2 ? `it explains ${percent(r2)} of its variance` : null;
}
