/**
 * @file Repairs of readings on the finished axis: holes written as zeros, running meter totals, stuck values.
 * Parts are sorted; columns that a repair changes are replaced by copies.
 */
import type { Column } from '../frame.ts';
import { warn } from './context.ts';
import type { AnalysisContext } from './context.ts';
import { findZeroHoles } from './holes.ts';
import { isEnergyUnit, looksLikeMeter, nameScore } from './load-names.ts';
import { difference, findMeter } from './meter.ts';
import type { MeterFinding } from './meter.ts';
import { count, percent, show, stamp } from './numbers.ts';
import { isNumber, keepRows, rowsWhere, writableNumbers } from './parts.ts';
import type { Stamps } from './stamps.ts';
import { findStuck } from './stuck.ts';
import { HOUR } from './types.ts';
import type { Part } from './types.ts';

/** Longer stretches of zeros are a standstill, not a lost reading. */
const LONGEST_HOLE_MS = 3 * HOUR;

/**
 * @param measured number columns with readings that do not follow from the calendar
 * @param show local wall clock of a row, for messages
 */
export function repairZeroHoles(
  parts: Part[],
  measured: readonly string[],
  stepMs: number,
  wallOf: (utcMs: number) => number,
  context: AnalysisContext,
): void {
  const found = findZeroHoles(parts, measured, Math.max(4, Math.round(LONGEST_HOLE_MS / stepMs)));
  if (found === null) return;
  const { example } = found;
  const at = stamp(wallOf(parts[example.part].time[example.row]));
  const which = measured.length === 1 ? measured[0] : `all ${measured.length} measured columns`;
  const applied = context.log.propose({
    code: 'zero-holes',
    title: 'A hole written as zeros',
    message: `${count(found.total, 'row')} read 0 in ${which} between readings that do not (interval beginning ${at}: ${measured[0]} goes ${show(example.before)} → 0 → ${show(example.after)}). The repair marks them as missing.`,
    rows: found.total,
    recommended: found.convincing,
    effect: { figure: 'rows of zeros amid readings', before: found.total, after: 0 },
    ...(measured.length === 1 ? { column: measured[0] } : {}),
    details: { columns: measured, first: parts[example.part].time[example.row] },
  });
  if (!applied) {
    warn(context, {
      code: 'zero-holes',
      message: `${count(found.total, 'row')} read 0 in ${which} between readings that do not; kept as zeros.`,
      rows: found.total,
    });
    return;
  }
  parts.forEach((part, index) => {
    if (found.rows[index].length === 0) return;
    for (const values of writableNumbers(part, new Set(measured)).values())
      for (const row of found.rows[index]) values[row] = NaN;
  });
}

/** @returns names of the columns that are usage per interval now */
export function repairMeterTotals(
  parts: Part[],
  measured: readonly string[],
  stepMs: number,
  stamps: Stamps,
  context: AnalysisContext,
): Set<string> {
  const metered = new Set<string>();
  const doubtful: MeterFinding[] = [];
  for (const name of measured) {
    const found = findMeter(parts, name);
    if (found === null) continue;
    const unit = parts[0].columns.filter(isNumber).find((column) => column.name === name)?.unit ?? null;
    const likely = looksLikeMeter(name) || isEnergyUnit(unit) || nameScore(name, unit) > 0;
    const recommended = found.convincing && (likely || found.rising > 0.9);
    if (!recommended) doubtful.push(found);
    const events = [
      ...(found.resets > 0 ? [`${count(found.resets, 'reset')} to about zero`] : []),
      ...(found.rollovers > 0 ? [`${count(found.rollovers, 'rollover')} of the last digit`] : []),
    ];
    const applied = context.log.propose({
      code: 'meter-total',
      title: `${name} is a running total`,
      message: `${name} only counts up, from ${show(found.first)} to ${show(found.last)}, rising in ${percent(found.rising)} of the steps${events.length > 0 ? `, with ${events.join(' and ')}` : ''}. The repair takes the difference of neighbouring readings: usage per interval.`,
      rows: found.readings,
      recommended,
      column: name,
      effect: { figure: `last value of ${name}`, before: found.last, after: NaN },
      details: { resets: found.resets, rollovers: found.rollovers },
    });
    const repair = context.log.repairs[context.log.repairs.length - 1];
    const effect = replaceByUsage(parts, name, stepMs, stamps, applied);
    repair.effect = { figure: `mean of ${name}`, before: effect.before, after: effect.after };
    if (applied) metered.add(name);
  }
  if (doubtful.length > 0 && context.options.repairs === undefined) askAboutMeters(doubtful, context);
  return metered;
}

function replaceByUsage(parts: Part[], name: string, stepMs: number, stamps: Stamps, apply: boolean) {
  let [before, rows, after, steps] = [0, 0, 0, 0];
  for (const part of parts) {
    part.columns = part.columns.map((column): Column => {
      if (column.name !== name || column.type !== 'number') return column;
      const values = difference(part.time, column.values, stepMs, stamps === 'ending');
      for (const value of column.values) if (value === value) [before, rows] = [before + value, rows + 1];
      for (const value of values) if (value === value) [after, steps] = [after + value, steps + 1];
      return apply ? { ...column, values } : column;
    });
  }
  return { before: before / Math.max(1, rows), after: after / Math.max(1, steps) };
}

function askAboutMeters(found: readonly MeterFinding[], context: AnalysisContext): void {
  const names = found.map((finding) => finding.column).join(', ');
  context.questions.push({
    code: 'meter-total',
    message: `${names}: only ever rises. Is it a running meter total, to be turned into usage per interval? It is kept as it is unless you say so.`,
    option: 'repairs',
    choices: [
      { value: 'recommended', label: 'No, the values are readings as they stand' },
      { value: 'meter-total', label: 'Yes, take differences' },
    ],
    blocking: false,
  });
}

/** @param loads columns that may be the target */
export function repairStuck(
  parts: Part[],
  loads: readonly string[],
  stepMs: number,
  wallOf: (utcMs: number) => number,
  context: AnalysisContext,
): void {
  for (const name of loads) {
    const found = findStuck(parts, name, stepMs);
    if (found === null) continue;
    const { longest } = found;
    const hours = (longest.steps * stepMs) / HOUR;
    const runs = found.runs.reduce((sum, list) => sum + list.length, 0);
    const message = `${name} shows one and the same value for ${count(found.rows, 'row')} in ${count(runs, 'stretch', 'stretches')}; the longest is ${show(longest.value)} for ${show(hours)} h from ${stamp(wallOf(parts[longest.part].time[longest.row]))}.`;
    const applied = context.log.propose({
      code: 'stuck-values',
      title: `${name} stands still`,
      message: `${message} The repair marks them as missing, all but the first of each stretch.`,
      rows: found.rows,
      // A plant may well stand still: only its people know.
      recommended: false,
      column: name,
      effect: { figure: 'rows in stuck stretches', before: found.rows, after: 0 },
      details: { stretches: runs, longestSteps: longest.steps },
    });
    if (!applied) {
      warn(context, {
        code: 'stuck-values',
        column: name,
        message,
        rows: found.rows,
        hint: 'If the meter was stuck and not the plant, choose the repair: it marks them as missing.',
      });
      continue;
    }
    parts.forEach((part, index) => {
      if (found.runs[index].length === 0) return;
      const values = writableNumbers(part, new Set([name])).get(name);
      for (const [from, to] of found.runs[index]) values?.fill(NaN, from + 1, to + 1);
    });
  }
}

/** Rows at both ends in which nothing was measured say nothing, and a forecast would start from them. */
export function trimEmptyEdges(parts: Part[], measured: readonly string[]): number {
  let trimmed = 0;
  const names = new Set(measured);
  for (const part of parts) {
    const values = part.columns.flatMap((column) =>
      names.has(column.name) && column.type === 'number' ? [column.values] : [],
    );
    if (values.length === 0) continue;
    const empty = (row: number): boolean => values.every((column) => column[row] !== column[row]);
    let from = 0;
    let to = part.time.length;
    while (from < to && empty(from)) from++;
    while (to > from && empty(to - 1)) to--;
    if (from === to || (from === 0 && to === part.time.length)) continue;
    trimmed += part.time.length - (to - from);
    const [first, end] = [from, to];
    keepRows(
      part,
      rowsWhere(part.time.length, (row) => row >= first && row < end),
    );
  }
  return trimmed;
}
