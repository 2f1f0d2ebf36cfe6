/** @file What each column is to a forecaster, and which of them is the likeliest target. */
import { distance } from 'fastest-levenshtein';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ColumnInfo, ColumnKind, ImportQuestion } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import type { CalendarPlaces } from './calendar.ts';
import { looksLikeLabel, nameScore } from './load-names.ts';
import { SAMPLE_ROWS, groupR2, sampleOf, sampleRows } from './numbers.ts';
import { pooled, pooledCodes } from './parts.ts';
import type { NumberStats } from './stats.ts';
import type { Part } from './types.ts';

/** A class column that explains this share of the load's variance goes with the load level. */
const LABEL_R2 = 0.3;
const LOAD_SCORE = 3.5;

export interface ColumnFacts {
  readonly column: Column;
  /** null for categories */
  readonly stats: NumberStats | null;
  readonly knownAhead: boolean;
  /** rows without a value */
  readonly missing: number;
  readonly distinct: number | null;
  /** differenced from a meter total */
  readonly metered: boolean;
}

export interface Kinds {
  readonly kinds: ReadonlyMap<string, ColumnKind>;
  readonly target: string | null;
  readonly question: ImportQuestion | null;
  /** category column -> share of the target's variance its classes explain */
  readonly labelR2: ReadonlyMap<string, number>;
}

/**
 * @param wanted the user's target, or undefined
 * @throws AppError `unknown-target` with the nearest name, `unsuitable-target` for a column without readings
 */
export function findKinds(
  facts: readonly ColumnFacts[],
  parts: readonly Part[],
  places: CalendarPlaces,
  wanted: string | undefined,
): Kinds {
  const kinds = new Map<string, ColumnKind>();
  const scores = new Map<string, number>();
  facts.forEach((fact, index) => {
    const basic = basicKind(fact);
    kinds.set(fact.column.name, basic);
    if (basic === 'covariate' && !fact.knownAhead)
      scores.set(fact.column.name, loadScore(fact, parts, places) - 0.05 * index);
  });
  const ranked = [...scores].sort((a, b) => b[1] - a[1]);
  const loads = ranked.filter(([, score]) => score >= LOAD_SCORE);
  const likely = loads.length > 0 ? loads : ranked.filter(([, score]) => score > -2);
  const target = wanted === undefined ? (likely[0]?.[0] ?? null) : checkTarget(wanted, facts, kinds);
  for (const [name] of likely) kinds.set(name, 'load');
  if (target !== null && kinds.get(target) === 'covariate') kinds.set(target, 'load');
  const labelR2 = findLabels(facts, parts, target, kinds);
  return { kinds, target, question: wanted === undefined ? targetQuestion(likely) : null, labelR2 };
}

function basicKind(fact: ColumnFacts): ColumnKind {
  const rows = fact.column.type === 'number' ? fact.column.values.length : fact.column.codes.length;
  if (fact.distinct === 0 || (fact.stats?.count ?? rows - fact.missing) === 0) return 'empty';
  if (fact.distinct === 1) return 'constant';
  return fact.column.type === 'number' ? 'covariate' : 'category';
}

/** Name and unit first, then how a load behaves: not negative, many values, a pattern over the day. */
function loadScore(fact: ColumnFacts, parts: readonly Part[], places: CalendarPlaces): number {
  const stats = fact.stats!;
  const unit = fact.column.type === 'number' ? fact.column.unit : null;
  let score = nameScore(fact.column.name, unit);
  if (stats.negatives === 0) score += 1;
  if (stats.distinct !== null && stats.distinct < 12) score -= 3;
  if (fact.metered) score += 1;
  if (stats.missing > 0.5 * (stats.missing + stats.count)) score -= 2;
  if (places.slotsPerDay > 1) score += 2 * dailyPattern(pooled(parts, fact.column.name), places);
  return score;
}

/** Share of the variance that the slot of the day explains. */
function dailyPattern(values: Float64Array, places: CalendarPlaces): number {
  const rows = sampleRows(values.length, SAMPLE_ROWS);
  const slots = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) slots[i] = places.weekSlot[rows[i]] % places.slotsPerDay;
  return groupR2(slots, places.slotsPerDay, sampleOf(values)) ?? 0;
}

function targetQuestion(likely: readonly (readonly [string, number])[]): ImportQuestion | null {
  const close = likely.filter(([, score]) => likely[0][1] - score < 1).slice(0, 12);
  if (close.length < 2) return null;
  return {
    code: 'target',
    message: `Which column is to be forecast? ${close[0][0]} is taken unless you say otherwise.`,
    option: 'target',
    choices: close.map(([name]) => ({ value: name, label: name })),
    blocking: false,
  };
}

function checkTarget(
  wanted: string,
  facts: readonly ColumnFacts[],
  kinds: ReadonlyMap<string, ColumnKind>,
): string {
  const names = facts.map((fact) => fact.column.name);
  if (!names.includes(wanted)) {
    const nearest = nearestName(wanted, names);
    throw new AppError({
      code: 'unknown-target',
      message: `There is no column '${wanted}' to forecast.`,
      hint: nearest === null ? `The columns are ${names.join(', ')}.` : `Did you mean '${nearest}'?`,
      place: { column: wanted, key: 'target' },
      details: { columns: names, nearest },
    });
  }
  const kind = kinds.get(wanted);
  if (kind === 'empty' || kind === 'constant')
    throw new AppError({
      code: 'unsuitable-target',
      message:
        kind === 'empty'
          ? `The column '${wanted}' has no readings, so there is nothing to forecast.`
          : `The column '${wanted}' has one and the same value in every row, so there is nothing to forecast.`,
      hint: `Choose another target: ${names.filter((name) => kinds.get(name) === 'covariate').join(', ') || 'the file has none'}.`,
      place: { column: wanted, key: 'target' },
    });
  return wanted;
}

/** The nearest name by edit distance, case aside; null when nothing is near. */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  const lower = wanted.toLowerCase();
  const inside = names.find((name) => lower.length >= 3 && name.toLowerCase().includes(lower));
  if (inside !== undefined) return inside;
  let best: string | null = null;
  let least = Infinity;
  for (const name of names) {
    const steps = distance(lower, name.toLowerCase());
    if (steps < least) [least, best] = [steps, name];
  }
  return best !== null && least <= Math.max(2, best.length / 2) ? best : null;
}

function findLabels(
  facts: readonly ColumnFacts[],
  parts: readonly Part[],
  target: string | null,
  kinds: Map<string, ColumnKind>,
): Map<string, number> {
  const found = new Map<string, number>();
  const isNumeric = facts.some((fact) => fact.column.name === target && fact.column.type === 'number');
  if (target === null || !isNumeric) return found;
  const load = pooled(parts, target);
  for (const { column, knownAhead, stats } of facts) {
    if (knownAhead || column.name === target) continue;
    const name = column.name;
    if (column.type === 'category' && kinds.get(name) === 'category' && column.levels.length <= 20) {
      const r2 = groupR2(pooledCodes(parts, name), column.levels.length, load);
      if (r2 !== null && r2 >= LABEL_R2) {
        found.set(name, r2);
        kinds.set(name, 'label');
      }
    }
    // Classes written as numbers: few whole ones under a name that says so.
    if (
      stats !== null &&
      kinds.get(name) === 'covariate' &&
      stats.integers &&
      (stats.distinct ?? 99) <= 12 &&
      looksLikeLabel(name)
    ) {
      const lowest = stats.min;
      const groups = pooled(parts, name).map((value) => (Number.isNaN(value) ? -1 : value - lowest));
      const r2 = stats.max - lowest < 1000 ? groupR2(groups, stats.max - lowest + 1, load) : null;
      if (r2 !== null && r2 >= LABEL_R2) {
        found.set(name, r2);
        kinds.set(name, 'label');
      }
    }
  }
  return found;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function columnInfo(fact: ColumnFacts, kind: ColumnKind, leakage: ColumnInfo['leakage']): ColumnInfo {
  const { column, stats } = fact;
  const flags = stats !== null && stats.integers && stats.min >= 0 && stats.max <= 1;
  return {
    name: column.name,
    kind,
    type: column.type === 'category' ? 'text' : flags ? 'boolean' : 'number',
    unit: column.type === 'number' ? column.unit : null,
    missing: fact.missing,
    distinct: fact.distinct,
    min: stats === null ? null : finite(stats.min),
    max: stats === null ? null : finite(stats.max),
    mean: stats === null ? null : finite(stats.mean),
    std: stats === null ? null : finite(stats.std),
    knownAhead: fact.knownAhead && kind !== 'load' && kind !== 'constant' && kind !== 'empty',
    leakage,
  };
}
