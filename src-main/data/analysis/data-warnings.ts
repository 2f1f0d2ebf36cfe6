/** @file Warnings about a finished table: gaps, missing readings, constants, values nobody would believe, labels, short series. */
import { warn } from './context.ts';
import type { AnalysisContext } from './context.ts';
import type { ColumnFacts, Kinds } from './kinds.ts';
import { count, percent, show, stamp, thousands } from './numbers.ts';
import type { GapFinding } from './profile.ts';
import { OUTLIER_SIGMA } from './stats.ts';
import type { TimeAxis } from './time-axis.ts';
import { DAY } from './types.ts';
import type { Part } from './types.ts';
import { utcToWall } from '../time/zone.ts';

export interface Finished {
  readonly parts: readonly Part[];
  readonly axis: TimeAxis;
  readonly facts: readonly ColumnFacts[];
  readonly kinds: Kinds;
  readonly gaps: GapFinding;
}

export function dataWarnings(table: Finished, context: AnalysisContext): void {
  const { axis, gaps, kinds, facts } = table;
  if (axis.frequency !== null) {
    warnGaps(gaps, axis, context);
    warnShort(table, context);
  }
  for (const fact of facts) warnColumn(fact, kinds, context);
  warnMissing(facts, kinds, context);
  for (const [column, r2] of kinds.labelR2)
    warn(context, {
      code: 'label-follows-load',
      column,
      message: `${column} goes with the level of ${kinds.target}: its classes explain ${percent(r2)} of the variance. It is set from the load itself or planned beforehand; only a plan is known when a forecast is made.`,
      hint: `If it is a plan (shifts, tariff periods), name it among the known covariates; otherwise leave it out or classify it.`,
      details: { r2, target: kinds.target },
    });
  if (kinds.target === null)
    warn(context, {
      code: 'no-target',
      message: 'No column looks like a load to forecast.',
      hint: 'Name one: --target COLUMN.',
    });
}

function warnGaps(gaps: GapFinding, axis: TimeAxis, context: AnalysisContext): void {
  if (gaps.gapSteps === 0) return;
  const longest = gaps.gaps.reduce((a, b) => (b.steps > a.steps ? b : a));
  const from =
    axis.timezone === 'UTC' ? longest.from : utcToWall(Float64Array.of(longest.from), axis.timezone)[0];
  warn(context, {
    code: 'gaps',
    message: `${count(gaps.gapSteps, 'step')} of ${thousands(gaps.expectedRows)} are missing in ${count(gaps.count, 'gap')} (${percent(gaps.gapSteps / gaps.expectedRows)}); the longest has ${count(longest.steps, 'step')} from ${stamp(from)}.`,
    rows: gaps.gapSteps,
    details: { gaps: gaps.count, longestSteps: longest.steps },
  });
}

function warnShort({ parts, axis }: Finished, context: AnalysisContext): void {
  const spans = parts.map(({ time }) =>
    time.length === 0 ? 0 : time[time.length - 1] - time[0] + axis.stepMs,
  );
  const span = Math.max(...spans);
  const needed = axis.stepMs >= DAY ? 60 * DAY : 21 * DAY;
  if (span >= needed) return;
  warn(context, {
    code: 'short-series',
    message: `The longest series covers ${show(span / DAY)} days; weekly patterns need about ${needed / DAY} days to be learnt and tested.`,
  });
}

/** Columns that lack the same number of readings lack them together as a rule: one warning for them. */
function warnMissing(facts: readonly ColumnFacts[], kinds: Kinds, context: AnalysisContext): void {
  const groups = new Map<number, ColumnFacts[]>();
  for (const fact of facts) {
    if (fact.missing === 0 || kinds.kinds.get(fact.column.name) === 'empty') continue;
    groups.set(fact.missing, [...(groups.get(fact.missing) ?? []), fact]);
  }
  for (const [missing, group] of groups) {
    const { column } = group[0];
    const rows = column.type === 'number' ? column.values.length : column.codes.length;
    const names = group.map((fact) => fact.column.name);
    const where =
      names.length === 1
        ? names[0]
        : `each of ${names.length} columns (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`;
    context.warnings.push({
      code: 'missing-values',
      ...(names.length === 1 ? { column: names[0] } : {}),
      message: `${count(missing, 'reading')} (${percent(missing / rows)}) ${missing === 1 ? 'is' : 'are'} missing in ${where}.`,
      rows: missing,
      details: { columns: names },
    });
  }
}

function warnColumn(fact: ColumnFacts, kinds: Kinds, context: AnalysisContext): void {
  const { name } = fact.column;
  const rows = fact.column.type === 'number' ? fact.column.values.length : fact.column.codes.length;
  const kind = kinds.kinds.get(name);
  if (kind === 'empty') {
    warn(context, {
      code: 'empty-column',
      column: name,
      message: `${name} has no value in any row; it is left unused.`,
    });
    return;
  }
  if (kind === 'constant') {
    warn(context, {
      code: 'constant-column',
      column: name,
      message: `${name} has the same value in every row; it tells a model nothing.`,
    });
    return;
  }
  if (fact.stats === null || kind !== 'load') return;
  if (fact.stats.outliers > 0)
    warn(context, {
      code: 'outliers',
      column: name,
      message: `${count(fact.stats.outliers, 'reading')} of ${name} lie more than ${OUTLIER_SIGMA} robust deviations from the median ${show(fact.stats.quantiles[2])}; the range is ${show(fact.stats.min)} to ${show(fact.stats.max)}.`,
      rows: fact.stats.outliers,
    });
  if (name === kinds.target && fact.stats.negatives > 0 && fact.stats.negatives < 0.02 * rows)
    warn(context, {
      code: 'negative-values',
      column: name,
      message: `${count(fact.stats.negatives, 'reading')} of ${name} ${fact.stats.negatives === 1 ? 'is' : 'are'} negative, down to ${show(fact.stats.min)}.`,
      rows: fact.stats.negatives,
      hint: 'Feeding back into the grid, or a mistake? Mistakes are best removed from the file.',
    });
}
