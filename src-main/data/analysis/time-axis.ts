/**
 * @file From stamps in file order to one ascending axis of interval beginnings per series:
 * direction → midnight trap → step → stamps at beginning or end → zone → order → duplicates → grid.
 * Parts are changed in place; their arrays are replaced, never written to.
 */
import { utcToWall } from '../time/zone.ts';
import { toIsoDuration } from '../time/resolution.ts';
import { applyClock } from './clock.ts';
import { warn } from './context.ts';
import type { AnalysisContext } from './context.ts';
import { dropDuplicates, findDuplicates } from './duplicates.ts';
import { findFrequency, snapToGrid } from './frequency.ts';
import type { Frequency } from './frequency.ts';
import { nameScore } from './load-names.ts';
import { findMidnightTrap, moveMidnights } from './midnight.ts';
import { count, percent, show, stamp, thousands } from './numbers.ts';
import { ascending, reversedRows, rowsOutOfOrder, runsBackward } from './order.ts';
import { ascendingOrder, isCategory, isNumber, keepRows, numbersOf } from './parts.ts';
import { findStamps } from './stamps.ts';
import { commonStep, forwardSteps } from '../time/step-runs.ts';
import type { Stamps } from './stamps.ts';
import { DAY } from './types.ts';
import type { Part } from './types.ts';

export interface TimeAxis {
  readonly stepMs: number;
  /** ISO 8601; null when the rows have no common step */
  readonly frequency: string | null;
  readonly timezone: string;
  readonly stamps: Stamps;
  /** rows that shared a stamp with another */
  readonly duplicates: number;
}

export function buildTimeAxis(parts: Part[], context: AnalysisContext): TimeAxis {
  const descending = parts.filter((part) => runsBackward(part.time));
  for (const part of descending) keepRows(part, reversedRows(part.time.length));
  const trap = repairMidnight(parts, context);
  const frequency = findFrequency(sortedView(parts));
  const stepMs = frequency.stepMs;
  const stamps = decideStamps(parts, stepMs, trap, context);
  const timezone = applyClock(parts, stepMs, stamps, context);
  const duplicates = sortRows(parts, descending.length > 0, context);
  reportFrequency(parts, frequency, context);
  if (frequency.regular) {
    for (const part of parts) part.time = snapToGrid(part.time, stepMs);
    const merged = parts.reduce((sum, part) => sum + findDuplicates(part).rows, 0);
    if (merged > 0) for (const part of parts) dropDuplicates(part, true);
  }
  return {
    stepMs,
    frequency: frequency.regular ? toIsoDuration(stepMs) : null,
    timezone,
    stamps,
    duplicates,
  };
}

/** Times in ascending order for questions where order does not matter; sorted parts are handed through. */
function sortedView(parts: readonly Part[]): Part[] {
  return parts.map((part) => ({ ...part, time: ascending(part.time) }));
}

/** The number column whose name looks most like a load: whose steps are looked at before kinds are known. */
function likeliestLoad(part: Part, wanted: string | undefined): string | null {
  const numbers = part.columns.filter(isNumber);
  if (numbers.some((column) => column.name === wanted)) return wanted!;
  let best: string | null = null;
  let top = -Infinity;
  for (const column of numbers) {
    const score = nameScore(column.name, column.unit);
    if (score > top && column.values.some((value) => value > 0)) [best, top] = [column.name, score];
  }
  return best;
}

function repairMidnight(parts: Part[], context: AnalysisContext): boolean {
  if (context.raw.absolute || context.raw.intervalEnd !== null || context.options.stamps === 'beginning')
    return false;
  const steps = forwardSteps(parts);
  if (steps.total === 0) return false;
  const stepMs = commonStep(steps).value;
  const name = likeliestLoad(parts[0], context.options.target);
  const findings = parts.map((part) =>
    findMidnightTrap(part.time, name === null ? null : numbersOf(part, name), stepMs),
  );
  const found = findings.filter((finding) => finding !== null);
  // In a long file the writer is the same for all series: most of them must show it.
  if (found.length === 0 || found.length < 0.5 * parts.length) return false;
  const rows = found.reduce((sum, finding) => sum + finding.rows.length, 0);
  const backward = found.reduce((sum, finding) => sum + finding.backward, 0);
  const first = found[0];
  const unit = parts[0].columns.filter(isNumber).find((column) => column.name === name)?.unit ?? '';
  const pair = ([before, after]: readonly [number, number]): string =>
    `${before.toFixed(2)} / ${after.toFixed(2)}${unit === '' ? '' : ` ${unit}`}`;
  const known = !Number.isNaN(first.printed[0]);
  const proof = known
    ? ` Mean step of ${name} from the reading before and to the reading after: ${pair(first.repaired)} with the next day's date, ${pair(first.printed)} as printed.`
    : '';
  const how =
    first.evidence === 'file-order'
      ? `time goes back ${count(backward, 'time')} in the file, ${rows === backward ? 'each time' : `${thousands(rows)} of them`} at 00:00 after the day's last reading`
      : 'the file is sorted by the printed stamps, and its midnight readings fit the following midnight';
  const applied = context.log.propose({
    code: 'midnight-previous-day',
    title: "Midnight readings carry the previous day's date",
    message: `${count(rows, 'midnight reading')} carry the date of the day they close: ${how}.${proof} The repair gives them the next day's date; sorting alone would put them 24 hours early.`,
    rows,
    recommended: found.every((finding) => finding.convincing),
    ...(known && name !== null ? { column: name } : {}),
    ...(known
      ? {
          effect: {
            figure: `mean |step| of ${name} around midnight${unit === '' ? '' : `, ${unit}`}`,
            before: (first.printed[0] + first.printed[1]) / 2,
            after: (first.repaired[0] + first.repaired[1]) / 2,
          },
        }
      : {}),
    details: {
      evidence: first.evidence,
      timeGoesBack: backward,
      ...(known ? { stepAsPrinted: first.printed, stepRepaired: first.repaired } : {}),
    },
  });
  if (!applied) return true;
  findings.forEach((finding, i) => {
    if (finding === null) return;
    parts[i].time = moveMidnights(parts[i].time, finding.rows);
    if (finding.evidence === 'file-order') return;
    // The file was sorted by the printed stamps: the moved rows are out of order by this repair, not by the file.
    const order = ascendingOrder(parts[i].time);
    if (order !== null) keepRows(parts[i], order);
  });
  return true;
}

function decideStamps(
  parts: readonly Part[],
  stepMs: number,
  trap: boolean,
  context: AnalysisContext,
): Stamps {
  const { raw, options } = context;
  if (options.stamps !== undefined) return options.stamps;
  if (raw.intervalEnd !== null) return 'beginning';
  const zone = options.timezone ?? 'UTC';
  const wall = raw.absolute ? parts.map((part) => ({ ...part, time: utcToWall(part.time, zone) })) : parts;
  const found = findStamps(wall, stepMs, trap, raw.timestampColumns);
  if (found.stamps === 'ending')
    warn(context, {
      code: 'interval-ending',
      message: `Stamps name the end of each interval (${found.reason}); rows are stored by the beginning of their interval, ${toIsoDuration(stepMs)} earlier.`,
      hint: 'If they name the beginning, say so: --stamps beginning.',
      details: { sure: found.sure },
    });
  return found.stamps;
}

function sortRows(parts: Part[], turned: boolean, context: AnalysisContext): number {
  const rows = parts.reduce((sum, part) => sum + part.time.length, 0);
  const out = parts.reduce((sum, part) => sum + rowsOutOfOrder(part.time), 0);
  if (out > 0)
    context.log.force({
      code: 'out-of-order',
      title: 'Rows out of order',
      message: `${count(out, 'row')} (${percent(out / rows)}) stand out of order in time${turned ? ' in a file that runs from new to old' : ''}; rows are sorted.`,
      rows: out,
      effect: { figure: 'share of rows out of order', before: out / rows, after: 0 },
    });
  else if (turned)
    context.log.force({
      code: 'out-of-order',
      title: 'Newest row first',
      message: 'The file runs from new to old; rows are turned round.',
      rows,
      details: { descending: true },
    });
  for (const part of parts) {
    const order = ascendingOrder(part.time);
    if (order !== null) keepRows(part, order);
  }
  return resolveDuplicates(parts, context);
}

function resolveDuplicates(parts: Part[], context: AnalysisContext): number {
  const found = parts.map((part) => findDuplicates(part));
  const rows = found.reduce((sum, { rows: n }) => sum + n, 0);
  if (rows === 0) return 0;
  const identical = found.reduce((sum, { identical: n }) => sum + n, 0);
  const conflicts = found.reduce((sum, { conflicts: n }) => sum + n, 0);
  const stamps = parts.reduce((sum, part) => sum + part.time.length, 0) - rows;
  const worst = found
    .flatMap(({ largest }) => (largest === null ? [] : [largest]))
    .reduce<{ column: string; difference: number } | null>(
      (a, b) => (a === null || b.difference > a.difference ? b : a),
      null,
    );
  askForSeries(parts, conflicts / stamps, context);
  const difference = worst === null ? '' : `, by up to ${show(worst.difference)} in ${worst.column}`;
  const applied = context.log.propose({
    code: 'duplicate-timestamps',
    title: 'Several rows with one stamp',
    message:
      `${count(rows, 'row')} repeat the stamp of another: ${count(identical, 'identical row')} dropped` +
      (rows > identical
        ? `; ${count(conflicts, 'stamp')} with different values${difference}, where the value that stands last in the file is kept (corrections and overlapping exports append).`
        : '.'),
    rows,
    recommended: true,
    effect: { figure: 'rows per stamp', before: (stamps + rows) / stamps, after: 1 },
    details: { identical, conflicts },
  });
  if (!applied)
    warn(context, {
      code: 'duplicates',
      message: `${count(rows, 'row')} repeat the stamp of another row; of each stamp the first row is kept.`,
      rows,
    });
  for (const part of parts) dropDuplicates(part, applied);
  return rows;
}

/** Most stamps contradict themselves: several series stand in one column. Asks which column names them. */
function askForSeries(parts: readonly Part[], share: number, context: AnalysisContext): void {
  if (share < 0.3 || context.raw.series !== null) return;
  const part = parts[0];
  const naming = part.columns.filter(isCategory).filter((column) => {
    const seen = new Set<string>();
    return part.time.every((time, row) => {
      const key = `${time}|${column.codes[row]}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  });
  if (naming.length === 0) {
    warn(context, {
      code: 'several-values-per-stamp',
      message: `${percent(share)} of the stamps come with several different values: the file seems to hold several series, and no column tells them apart.`,
      hint: 'Export one series per file, or add a column that names the series.',
    });
    return;
  }
  context.questions.push({
    code: 'series',
    message: `${percent(share)} of the stamps come several times with different values. Which column names the series?`,
    option: 'series',
    choices: naming.map((column) => ({
      value: column.name,
      label: column.name,
      example: column.levels.slice(0, 3).join(', '),
    })),
    blocking: true,
  });
}

function reportFrequency(parts: readonly Part[], found: Frequency, context: AnalysisContext): void {
  const rows = parts.reduce((sum, part) => sum + part.time.length, 0);
  if (Number.isNaN(found.stepMs)) return;
  if (found.monthly) {
    warn(context, {
      code: 'monthly',
      message: 'The rows stand a calendar month apart, which is no fixed step.',
      hint: 'Forecasts need a fixed step: export daily or finer readings.',
    });
    return;
  }
  if (!found.regular) {
    warn(context, {
      code: 'irregular',
      message: `The rows have no common step: the most frequent is ${toIsoDuration(found.stepMs)}, which ${percent(found.share)} of the neighbouring rows have; ${percent(found.strays / rows)} of the rows lie off its grid.`,
      hint: 'Export the readings at a fixed step (15 minutes, an hour), or resample them before importing.',
      rows: found.strays,
    });
    return;
  }
  if (found.offGrid > 0)
    warn(context, {
      code: 'stamps-rounded',
      message: `${count(found.offGrid, 'stamp')} lie beside the ${toIsoDuration(found.stepMs)} grid by seconds or minutes and were rounded to it.`,
      rows: found.offGrid,
    });
  if (found.other !== null)
    warn(context, {
      code: 'mixed-resolution',
      message: `${percent(found.other.share)} of the time is read every ${toIsoDuration(found.other.stepMs)}, the rest every ${toIsoDuration(found.stepMs)}; the finer step is taken and the coarser stretch has gaps. Energy per interval does not compare between the two.`,
      hint: 'Import the two stretches as two files.',
    });
  if (found.stepMs >= DAY && rows > 0 && !context.raw.absolute && context.options.timezone !== undefined)
    warn(context, {
      code: 'timezone-unused',
      message: 'Daily values have no hour, so the time zone makes no difference.',
    });
  for (const part of parts) reportStray(part, found.stepMs, context);
}

/** One stamp far away from all others is a typing error, and a grid up to it would be nearly empty. */
function reportStray(part: Part, stepMs: number, context: AnalysisContext): void {
  const { time } = part;
  const n = time.length;
  if (n < 3) return;
  const expected = (time[n - 1] - time[0]) / stepMs + 1;
  if (expected < 10 * n) return;
  const [low, high] = [time[Math.floor(0.01 * n) + 1], time[Math.ceil(0.99 * n) - 2]];
  warn(context, {
    code: 'far-stamps',
    message: `The rows span ${stamp(time[0])} to ${stamp(time[n - 1])}, but most lie between ${stamp(low)} and ${stamp(high)}: ${percent(1 - n / expected)} of the span has no readings.`,
    hint: 'Look for a mistyped year in the first and last rows.',
  });
}
