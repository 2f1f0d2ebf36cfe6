/** @file Steps between readings: milliseconds inside, ISO 8601 durations (`PT15M`, `P1D`) at every border. */
import { AppError } from '../../../src-preload/contract/index.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/**
 * Days, hours, minutes, seconds, those that are zero left out: 900000 is `PT15M`, a day `P1D`, a week `P7D`.
 * A day here is 24 hours: months and years are no fixed step and have no spelling.
 * @param ms positive, finite
 * @throws AppError `bad-resolution` for zero, negative or non-finite steps
 */
export function toIsoDuration(ms: number): string {
  if (!(ms > 0) || !Number.isFinite(ms))
    throw new AppError({
      code: 'bad-resolution',
      message: `A step must be longer than zero, found ${ms} ms.`,
    });
  let rest = ms;
  const days = Math.floor(rest / DAY);
  rest -= days * DAY;
  const hours = Math.floor(rest / HOUR);
  rest -= hours * HOUR;
  const minutes = Math.floor(rest / MINUTE);
  rest -= minutes * MINUTE;
  const seconds = Number((rest / SECOND).toFixed(6));
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`;
}

const duration =
  /^P(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/i;

/**
 * Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes, seconds.
 * @throws AppError `bad-resolution` for anything else; months and years have no fixed length
 */
export function fromIsoDuration(text: string): number {
  const match = duration.exec(text.trim());
  const units = [WEEK, DAY, HOUR, MINUTE, SECOND];
  const ms = match
    ? units.reduce((sum, unit, i) => sum + Number((match[i + 1] ?? '0').replace(',', '.')) * unit, 0)
    : 0;
  if (!(ms > 0))
    throw new AppError({
      code: 'bad-resolution',
      message: `Expected an ISO 8601 duration such as PT15M or P1D, found '${text}'.`,
      hint: 'Use weeks, days, hours, minutes and seconds; months and years have no fixed length.',
    });
  return Math.round(ms * 1e6) / 1e6;
}
