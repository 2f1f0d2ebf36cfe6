/**
 * @file Wall clock to instants. With a zone: hours that never were and hours that were twice are told apart and reported.
 * Without: the zone is inferred only where the file itself shows the clock changes; otherwise the clock is kept as it is
 * written (`UTC`, a local clock without daylight saving) and the question stays open. The machine's zone plays no part.
 */
import type { ImportQuestion } from '../../../src-preload/contract/index.ts';
import { isZone, utcToWall, wallToUtc } from '../time/zone.ts';
import { AppError } from '../../../src-preload/contract/index.ts';
import { warn } from './context.ts';
import type { AnalysisContext } from './context.ts';
import { findClock } from './dst.ts';
import type { ClockFinding } from './dst.ts';
import { count, stamp } from './numbers.ts';
import { keepRows, rowsWhere } from './parts.ts';
import type { Stamps } from './stamps.ts';
import { DAY, HOUR } from './types.ts';
import type { Part } from './types.ts';

/** Turns `time` of each part into UTC ms of interval beginnings, still in file order. @returns the zone the data is in */
export function applyClock(parts: Part[], stepMs: number, stamps: Stamps, context: AnalysisContext): string {
  const { raw, options } = context;
  if (options.timezone !== undefined && !isZone(options.timezone))
    throw new AppError({
      code: 'unknown-timezone',
      message: `There is no time zone '${options.timezone}'.`,
      hint: "Use an IANA name such as 'Europe/Madrid', or 'UTC'.",
      place: { key: 'timezone' },
    });
  const early = stamps === 'ending' && Number.isFinite(stepMs) ? stepMs : 0;
  const zone = options.timezone ?? null;
  if (stepMs >= DAY) {
    // A day is a date: its length changes with the clock, and a grid of dates must not.
    for (const part of parts) {
      const wall = raw.absolute && zone !== null ? utcToWall(part.time, zone) : part.time;
      part.time = wall.map((time) => time - early);
    }
    return 'UTC';
  }
  if (raw.absolute) {
    if (early > 0) for (const part of parts) part.time = part.time.map((time) => time - early);
    if (zone === null) context.questions.push(zoneQuestion(null, true));
    return zone ?? 'UTC';
  }
  if (zone !== null && zone !== 'UTC') {
    readInZone(parts, early, zone, context, false);
    return zone;
  }
  const clock = findClock(parts, stepMs);
  if (zone === null) context.questions.push(zoneQuestion(clock, false));
  if (clock.zone !== null && acceptClock(clock, zone === null, context)) {
    readInZone(parts, early, clock.zone, context, true);
    return clock.zone;
  }
  if (early > 0) for (const part of parts) part.time = part.time.map((time) => time - early);
  return 'UTC';
}

function acceptClock(clock: ClockFinding, ask: boolean, context: AnalysisContext): boolean {
  let accepted = false;
  for (const kind of ['gap', 'repeat'] as const) {
    const changes = clock.changes.filter((change) => change.kind === kind && change.shown === 'yes');
    if (changes.length === 0) continue;
    const code = kind === 'gap' ? 'dst-gap' : 'dst-repeat';
    const where = changes.map((change) => stamp(change.wall)).join(', ');
    const rows = changes.reduce((sum, change) => sum + change.rows, 0);
    const what =
      kind === 'gap'
        ? `the hour from ${where} is missing, as where clocks go forward`
        : `the hour from ${where} stands twice, as where clocks go back`;
    const applied = context.log.propose({
      code,
      title: kind === 'gap' ? 'A skipped hour: clocks went forward' : 'A repeated hour: clocks went back',
      message: `The wall clock follows daylight saving: ${what} (${clock.alike.join(', ')}). The repair reads it as ${clock.zone}, so that days of 23 and 25 hours keep all their readings.`,
      rows,
      // The user's explicit `UTC` stands; the finding is shown all the same.
      recommended: ask,
      details: { zone: clock.zone, alike: clock.alike, at: changes.map((change) => change.wall) },
    });
    accepted ||= applied && ask;
    warn(context, {
      code,
      message: `Daylight saving: ${what}. ${applied && ask ? `Read as ${clock.zone}.` : 'Kept as written: ' + (kind === 'gap' ? 'the hour counts as a gap.' : 'the second hour counts as duplicates.')}`,
      rows,
      hint: `Say which zone it is: --timezone ${clock.zone}.`,
    });
  }
  return accepted;
}

/**
 * Stamps at interval ends are written in two ways around a change, as the instant of the end or as the beginning's clock
 * plus a step. Both readings are tried; the one that leaves fewer contradictions is taken.
 */
function readInZone(
  parts: Part[],
  early: number,
  zone: string,
  context: AnalysisContext,
  inferred: boolean,
): void {
  const skipped: number[] = [];
  let unclear = 0;
  let resolved = 0;
  for (const part of parts) {
    const instant = readWall(part.time, zone);
    const shifted =
      early === 0
        ? instant
        : readWall(
            part.time.map((time) => time - early),
            zone,
          );
    const byClock = early > 0 && shifted.badness < instant.badness;
    const read = byClock ? shifted : instant;
    const late = byClock ? 0 : early;
    unclear += read.ambiguous.length;
    resolved += read.resolved.length;
    const impossible = new Set(read.nonexistent);
    const wall = part.time;
    part.time = late === 0 ? read.utc : read.utc.map((time) => time - late);
    if (impossible.size === 0) continue;
    // Whole days stamped by rule 00:00 … 23:45 fill the hour that never was; where the hour after is there too, it is in the way.
    const taken = new Set(read.utc.filter((_, row) => !impossible.has(row)));
    const extra = read.nonexistent.filter((row) => taken.has(read.utc[row]));
    skipped.push(...read.nonexistent.map((row) => wall[row]));
    if (extra.length > 0) {
      const drop = new Set(extra);
      keepRows(
        part,
        rowsWhere(part.time.length, (row) => !drop.has(row)),
      );
    }
  }
  reportChanges(zone, skipped, unclear, resolved, context, inferred);
}

function readWall(wall: Float64Array, zone: string) {
  const read = wallToUtc(wall, zone);
  const seen = new Set<number>();
  let repeated = 0;
  for (const row of [...read.resolved, ...read.ambiguous]) {
    if (seen.has(read.utc[row])) repeated++;
    seen.add(read.utc[row]);
  }
  return { ...read, badness: read.nonexistent.length + read.ambiguous.length + repeated };
}

function reportChanges(
  zone: string,
  skipped: readonly number[],
  unclear: number,
  resolved: number,
  context: AnalysisContext,
  inferred: boolean,
): void {
  if (skipped.length > 0)
    warn(context, {
      code: 'dst-gap',
      message: `${count(skipped.length, 'row')} carry times that ${zone} skipped (the first ${stamp(skipped[0])}): they are read as the hour after, and left out where that hour is in the file as well.`,
      hint: `If the logger keeps standard time all year, choose a zone without daylight saving, such as ${fixedZone(zone, skipped[0])}.`,
      rows: skipped.length,
    });
  if (unclear > 0)
    warn(context, {
      code: 'dst-repeat',
      message: `${count(unclear, 'row')} lie in an hour that ${zone} has twice, and the file has it once: they are read as the first pass (summer time), so the second is a gap.`,
      rows: unclear,
    });
  else if (resolved > 0 && !inferred)
    warn(context, {
      code: 'dst-repeat',
      message: `${count(resolved, 'row')} lie in hours that ${zone} has twice; both passes are in the file and were told apart by their order.`,
      rows: resolved,
    });
}

/** `Etc/GMT-1` is one hour east of Greenwich: the sign runs the other way there. */
function fixedZone(zone: string, nearMs: number): string {
  const winter = Date.UTC(new Date(nearMs).getUTCFullYear(), 0, 15);
  const summer = winter + 182 * DAY;
  const offsets = [winter, summer].map((time) => utcToWall(Float64Array.of(time), zone)[0] - time);
  const hours = Math.round(Math.min(...offsets) / HOUR);
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

const common = [
  'Europe/London',
  'Europe/Madrid',
  'Europe/Berlin',
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
  'America/Mexico_City',
  'America/Sao_Paulo',
  'Asia/Seoul',
  'Asia/Kolkata',
  'Australia/Sydney',
] as const;

function zoneQuestion(clock: ClockFinding | null, absolute: boolean): ImportQuestion {
  const fitting =
    clock === null || clock.zone === null
      ? common.filter((zone) => !clock?.excluded.includes(zone))
      : clock.alike;
  const asWritten = {
    value: 'UTC',
    label: absolute ? 'UTC: days begin at midnight UTC' : 'As written: a local clock without daylight saving',
  };
  const zones = fitting.map((zone) => ({ value: zone, label: zone }));
  const found = clock?.zone ?? null;
  const shown =
    found !== null
      ? `The clock changes in the file fit ${clock!.alike.join(', ')}; ${found} is taken.`
      : (clock?.excluded.length ?? 0) > 0
        ? `The file shows no clock change where ${clock!.excluded.slice(0, 3).join(', ')} have one, so the clock is kept as written.`
        : `${absolute ? 'UTC' : 'The clock as written'} is taken.`;
  return {
    code: 'timezone',
    message: `${absolute ? 'In which zone do days begin?' : 'The stamps name no time zone.'} ${shown}`,
    option: 'timezone',
    choices: found === null ? [asWritten, ...zones] : [...zones, asWritten],
    blocking: false,
  };
}
