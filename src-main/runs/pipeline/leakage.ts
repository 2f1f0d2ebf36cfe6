/**
 * @file Does a column give the target away at the same instant? The import has looked, for the target chosen then; for
 * another target the plain relation is measured here.
 */
import { groupR2, linearR2 } from '../../data/analysis/numbers.ts';
import { findColumn } from '../../data/frame.ts';
import type { CheckInput } from './checks.ts';
import { percent } from './artifacts.ts';

/** Explained variance from which a column is no longer a covariate but the answer in other units. */
export const leakR2 = 0.95;

/** @returns why, in words, or null */
export function leakOf(
  input: Pick<CheckInput, 'frame' | 'recipe' | 'columns' | 'importTarget'>,
  name: string,
): string | null {
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
