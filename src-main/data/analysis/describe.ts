/** @file The second half of an analysis: readings repaired, columns told apart, leaks searched, profile and frames built. */
import type { Profile } from '../../../src-preload/contract/index.ts';
import type { Column, Frame } from '../frame.ts';
import { utcToWall } from '../time/zone.ts';
import { calendarPlaces } from './calendar.ts';
import type { CalendarPlaces } from './calendar.ts';
import { figuresOf } from '../column-figures.ts';
import type { AnalysisContext } from './context.ts';
import { dataWarnings } from './data-warnings.ts';
import { common, ownColumns } from './file-facts.ts';
import { columnInfo, findKinds } from './kinds.ts';
import type { ColumnFacts, Kinds } from './kinds.ts';
import { isKnownAhead } from './known-ahead.ts';
import { findLeaks } from './leakage.ts';
import type { Leak } from './leakage.ts';
import { looksLikeForecast } from './load-names.ts';
import { isNumber, pooled, pooledCodes } from './parts.ts';
import { buildProfile, countCategories, findGaps } from './profile.ts';
import { repairMeterTotals, repairStuck, repairZeroHoles, trimEmptyEdges } from './readings.ts';
import { numberStats } from './stats.ts';
import type { NumberStats } from './stats.ts';
import { tidyLevels } from './tidy-levels.ts';
import type { TimeAxis } from './time-axis.ts';
import type { Analysis, Part, SeriesFrame } from './types.ts';

interface Calendar {
  /** of all parts end to end */
  time: Float64Array;
  /** wall clock of all parts end to end */
  wall: Float64Array;
  places: CalendarPlaces;
}

/** @param before of the same axis: kept where no row has gone since */
function calendarOf(parts: readonly Part[], axis: TimeAxis, before: Calendar | null = null): Calendar {
  const time = pooledTime(parts);
  if (before !== null && before.time.length === time.length) return before;
  const wall = axis.timezone === 'UTC' ? time : utcToWall(time, axis.timezone);
  return { time, wall, places: calendarPlaces(wall, axis.stepMs) };
}

function pooledTime(parts: readonly Part[]): Float64Array {
  if (parts.length === 1) return parts[0].time;
  const time = new Float64Array(parts.reduce((sum, part) => sum + part.time.length, 0));
  let at = 0;
  for (const part of parts) {
    time.set(part.time, at);
    at += part.time.length;
  }
  return time;
}

const poolColumn = (parts: readonly Part[], column: Column): Column =>
  column.type === 'number'
    ? { ...column, values: pooled(parts, column.name) }
    : { ...column, codes: pooledCodes(parts, column.name) };

/** One column in figures; `values` are its readings or codes over all parts. */
export function factOf(
  column: Column,
  values: Float64Array | Int32Array,
  places: CalendarPlaces,
  knownAhead: boolean,
  metered: boolean,
): ColumnFacts {
  if (column.type === 'number') {
    const stats = numberStats(values as Float64Array, places);
    return { column, stats, knownAhead, missing: stats.missing, distinct: stats.distinct, metered };
  }
  const counted = countCategories(column, values as Int32Array);
  return { column, stats: null, knownAhead, missing: counted.missing, distinct: counted.distinct, metered };
}

export function describe(
  parts: Part[],
  axis: TimeAxis,
  context: AnalysisContext,
  progress: (fraction: number, message: string) => void,
): Analysis {
  const stepMs = Number.isFinite(axis.stepMs) ? axis.stepMs : 1;
  const wallOf = (utcMs: number): number =>
    axis.timezone === 'UTC' ? utcMs : utcToWall(Float64Array.of(utcMs), axis.timezone)[0];
  const first = calendarOf(parts, { ...axis, stepMs });
  const { wall, places } = first;
  const knownAhead = new Set(
    parts[0].columns
      .filter((column) => isKnownAhead(poolColumn(parts, column), wall, stepMs, places))
      .map((column) => column.name),
  );
  const measured = parts[0].columns
    .filter(isNumber)
    .filter((column) => !knownAhead.has(column.name) && varies(pooled(parts, column.name)))
    .map((column) => column.name);
  repairZeroHoles(parts, measured, stepMs, wallOf, context);
  const metered = repairMeterTotals(parts, measured, stepMs, axis.stamps, context);
  trimEmptyEdges(parts, measured);
  progress(0.5, 'Profiling columns');
  const calendar = calendarOf(parts, { ...axis, stepMs }, first);
  let facts = gatherFacts(parts, calendar, knownAhead, metered);
  const kinds = findKinds(facts, parts, calendar.places, context.options.target);
  const loads = [...kinds.kinds].flatMap(([name, kind]) => (kind === 'load' ? [name] : [])).slice(0, 12);
  const before = parts.map((part) => part.columns);
  repairStuck(parts, loads, stepMs, wallOf, context);
  if (parts.some((part, i) => part.columns !== before[i]))
    facts = gatherFacts(parts, calendar, knownAhead, metered);
  progress(0.75, 'Looking for columns that give the target away');
  const leaks = searchLeaks(calendar, facts, kinds, context);
  if (kinds.question !== null) context.questions.push(kinds.question);
  return finish(parts, axis, facts, kinds, leaks, calendar, context);
}

function varies(values: Float64Array): boolean {
  const { min, max } = figuresOf(values);
  return min < max;
}

function gatherFacts(
  parts: readonly Part[],
  calendar: Calendar,
  knownAhead: ReadonlySet<string>,
  metered: ReadonlySet<string>,
): ColumnFacts[] {
  return parts[0].columns.map((column) => {
    const whole = poolColumn(parts, column);
    const values = whole.type === 'number' ? whole.values : whole.codes;
    return factOf(whole, values, calendar.places, knownAhead.has(column.name), metered.has(column.name));
  });
}

function searchLeaks(
  calendar: Calendar,
  facts: readonly ColumnFacts[],
  kinds: Kinds,
  context: AnalysisContext,
): Map<string, Leak> {
  const { target } = kinds;
  const goal = facts.find((fact) => fact.column.name === target)?.column;
  if (target === null || goal?.type !== 'number') return new Map();
  const candidates = facts.flatMap(({ column, knownAhead }) => {
    const kind = kinds.kinds.get(column.name);
    if (column.name === target || column.type !== 'number' || knownAhead) return [];
    return kind === 'covariate' || kind === 'load' || kind === 'label'
      ? [{ name: column.name, values: column.values }]
      : [];
  });
  const leaks = findLeaks({ target, actual: goal.values, columns: candidates, places: calendar.places });
  const kept = new Map<string, Leak>();
  for (const leak of leaks) {
    const details = { r2: leak.r2, with: [...leak.with], how: leak.how, target };
    if (looksLikeForecast(leak.column) && leak.how === 'alone') {
      context.warnings.push({
        code: 'forecast-column',
        column: leak.column,
        message: `${leak.column} follows ${target} closely (R² ${leak.r2.toFixed(3)}) and is named like a forecast of it.`,
        hint: 'If it was issued before the time it speaks of, name it among the known covariates; otherwise use it lagged by the horizon.',
        details,
      });
      continue;
    }
    kept.set(leak.column, leak);
    context.warnings.push({
      code: 'leakage',
      column: leak.column,
      message: leak.message,
      hint: 'It stays out of a forecast unless you name it among the past covariates, which enter lagged by at least the lead time.',
      details,
    });
  }
  return kept;
}

function finish(
  parts: Part[],
  axis: TimeAxis,
  facts: readonly ColumnFacts[],
  kinds: Kinds,
  leaks: ReadonlyMap<string, Leak>,
  calendar: Calendar,
  context: AnalysisContext,
): Analysis {
  const stepMs = Number.isFinite(axis.stepMs) ? axis.stepMs : 1;
  const gaps = findGaps(parts, stepMs);
  dataWarnings({ parts, axis, facts, kinds, gaps }, context);
  const stats = new Map<string, NumberStats>();
  const topCategories = new Map<string, Profile['columns'][number]['topCategories']>();
  for (const { column, stats: own } of facts) {
    if (own !== null) stats.set(column.name, own);
    else if (column.type === 'category')
      topCategories.set(column.name, countCategories(column, column.codes).top);
  }
  const missing = new Map(facts.map((fact) => [fact.column.name, fact.missing]));
  const profile = buildProfile({
    parts,
    stepMs,
    duplicates: axis.duplicates,
    gaps,
    stats,
    topCategories,
    missing,
  });
  const infos = facts.map((fact) => {
    const leak = leaks.get(fact.column.name);
    const leakage = leak === undefined ? null : { r2: leak.r2, with: [...leak.with], message: leak.message };
    return columnInfo(fact, kinds.kinds.get(fact.column.name)!, leakage);
  });
  const blocked = context.questions.some((question) => question.blocking);
  return {
    ...common(context),
    rows: profile.rows,
    columns: [...ownColumns(context), ...infos],
    target: kinds.target,
    frequency: axis.frequency,
    timezone: axis.timezone,
    stamps: axis.stamps,
    start: profile.start,
    end: profile.end,
    profile,
    frames: blocked || axis.frequency === null ? [] : toFrames(parts, axis),
  };
}

function toFrames(parts: readonly Part[], axis: TimeAxis): SeriesFrame[] {
  return parts.map(({ series, time, columns }) => {
    const frame: Frame = {
      time,
      resolutionMs: axis.stepMs,
      timezone: axis.timezone,
      columns: columns.map(tidyLevels),
    };
    return { series, frame };
  });
}
