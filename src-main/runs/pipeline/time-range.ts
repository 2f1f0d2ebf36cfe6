/** @file Days and instants as people write them (`2018-10-20`, `2018-10-20T06:00`, `…+02:00`) as UTC, in a zone. */
import { AppError } from '../../../src-preload/contract/index.ts';
import { wallToUtc } from '../../data/time/zone.ts';
import { isIsoDate } from '../../recipes/rules.ts';

const dayMs = 86_400_000;

/**
 * First instant of what `text` says: local midnight of a bare day; a wall time in `timezone`; an instant with its offset.
 * @returns UTC ms
 * @throws AppError `invalid-date`
 */
export function startOf(text: string, timezone: string, key: string): number {
  const { wall, utc } = read(text, key);
  return utc ?? toUtc(wall, timezone);
}

/**
 * First instant after what `text` says: the next local midnight of a bare day; one step after an instant, so that the
 * interval that begins there is inside.
 * @returns UTC ms
 * @throws AppError `invalid-date`
 */
export function endOf(text: string, timezone: string, resolutionMs: number, key: string): number {
  const { wall, utc, bareDay } = read(text, key);
  if (bareDay) return toUtc(wall + dayMs, timezone);
  return (utc ?? toUtc(wall, timezone)) + resolutionMs;
}

function read(text: string, key: string): { wall: number; utc: number | null; bareDay: boolean } {
  const trimmed = text.trim();
  if (!isIsoDate(trimmed))
    throw new AppError({
      code: 'invalid-date',
      message: `${key} takes a date such as 2018-10-20 or 2018-10-20T06:00, found "${text}".`,
      place: { key },
    });
  if (trimmed.length === 10) return { wall: Date.parse(`${trimmed}T00:00:00Z`), utc: null, bareDay: true };
  const iso = trimmed.replace(' ', 'T');
  const offset = /(?:Z|[+-]\d{2}:?\d{2})$/.exec(iso)?.[0];
  if (offset === undefined) return { wall: Date.parse(`${iso}Z`), utc: null, bareDay: false };
  const colon = offset === 'Z' || offset.includes(':') ? iso : `${iso.slice(0, -2)}:${iso.slice(-2)}`;
  return { wall: Number.NaN, utc: Date.parse(colon), bareDay: false };
}

function toUtc(wall: number, timezone: string): number {
  return wallToUtc(Float64Array.of(wall), timezone).utc[0]!;
}
