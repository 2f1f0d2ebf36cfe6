/**
 * @file Public holidays as local day numbers (days since 1970-01-01 on the wall clock). The library is 12 MB and
 * loaded only when a recipe names a country; a fitted model keeps the day numbers, so forecasting needs no library.
 */
import { AppError } from '../../../src-preload/contract/index.ts';

const dayMs = 86_400_000;

interface HolidayEntry {
  readonly date: string;
  readonly start: Date;
  readonly end: Date;
  readonly type: string;
}
interface HolidayCalendar {
  getHolidays(year: number): HolidayEntry[] | false | undefined;
  getCountries(): Record<string, string>;
  getStates(country: string): Record<string, string> | undefined;
}
type HolidayLibrary = new (country?: string, region?: string) => HolidayCalendar;

/**
 * Days off of type `public` (with their substitutes) of a country or one of its regions.
 * @returns ascending day numbers, both years included
 * @throws AppError `unknown-country`, `unknown-region`
 */
export async function holidayDays(
  country: string,
  region: string | null,
  fromYear: number,
  toYear: number,
): Promise<Int32Array> {
  const { default: library } = (await import('date-holidays')) as unknown as { default: HolidayLibrary };
  const code = country.toUpperCase();
  const known = new library().getCountries();
  if (!(code in known))
    throw new AppError({
      code: 'unknown-country',
      message: `No holiday calendar for country "${country}".`,
      hint: 'Give the two-letter ISO 3166 code, for example ES, DE or KR.',
      place: { key: 'features.holidays.country' },
    });
  const regions = new library().getStates(code) ?? {};
  if (region !== null && !(region.toUpperCase() in regions) && !(region in regions))
    throw new AppError({
      code: 'unknown-region',
      message: `No holiday calendar for region "${region}" of ${code}.`,
      hint: `Known regions: ${Object.keys(regions).join(', ') || 'none'}.`,
      place: { key: 'features.holidays.region' },
    });
  const calendar =
    region === null
      ? new library(code)
      : new library(code, region in regions ? region : region.toUpperCase());
  const days = new Set<number>();
  for (let year = fromYear; year <= toYear; year++)
    for (const entry of calendar.getHolidays(year) || []) {
      if (entry.type !== 'public') continue;
      // `date` is local text; a holiday of several days ends at `end`
      const first = Math.floor(Date.parse(`${entry.date.slice(0, 10)}T00:00:00Z`) / dayMs);
      const length = Math.max(1, Math.round((entry.end.getTime() - entry.start.getTime()) / dayMs));
      for (let i = 0; i < length; i++) days.add(first + i);
    }
  return Int32Array.from(days).sort();
}
