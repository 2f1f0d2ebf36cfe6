/** @file Categories that differ only in stray spaces, case or joining characters are one category, spelled as most rows do. */
import type { CategoryColumn } from '../frame.ts';
import { codeCounts } from '../column-figures.ts';

export interface SpellingFinding {
  readonly column: string;
  /** rows that change */
  readonly rows: number;
  /** new spelling -> the spellings it takes in */
  readonly merged: Readonly<Record<string, readonly string[]>>;
  readonly fixed: CategoryColumn;
}

export const canonical = (text: string): string =>
  text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/gu, ' ');

/** @returns null when no two levels fall together and none has spaces around it */
export function findSpellings(column: CategoryColumn): SpellingFinding | null {
  const { rows: rowsPerLevel } = codeCounts(column.codes, column.levels.length);
  const groups = new Map<string, number[]>();
  column.levels.forEach((level, code) => {
    const key = canonical(level);
    groups.set(key, [...(groups.get(key) ?? []), code]);
  });
  const levels: string[] = [];
  const recode = new Int32Array(column.levels.length);
  const merged: Record<string, string[]> = {};
  let rows = 0;
  for (const codes of groups.values()) {
    const best = codes.reduce((a, b) => (rowsPerLevel[b] > rowsPerLevel[a] ? b : a));
    const spelling = column.levels[best].trim();
    for (const code of codes) {
      recode[code] = levels.length;
      if (column.levels[code] === spelling) continue;
      rows += rowsPerLevel[code];
      if (rowsPerLevel[code] > 0) (merged[spelling] ??= []).push(column.levels[code]);
    }
    levels.push(spelling);
  }
  if (rows === 0) return null;
  const codes = column.codes.map((code) => (code < 0 ? -1 : recode[code]));
  return { column: column.name, rows, merged, fixed: { ...column, levels, codes } };
}
