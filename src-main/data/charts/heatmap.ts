/** @file Readings as a field of local days by slots of the day. */
import type { Heatmap } from '../../../src-preload/contract/index.ts';
import { utcToWall } from '../time/zone.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Slots are no finer than this, and hours beyond {@link MANY_DAYS}: nobody sees more, and it has to be sent. */
const FINEST = 15 * 60_000;
const MANY_DAYS = 1100;

/**
 * @param time UTC ms, ascending, shape (n)
 * @param values NaN is missing, shape (n)
 * @returns every local day from the first to the last, also those without readings; several readings of one slot (finer
 *   steps, the repeated hour of a 25-hour day) as their mean; null where there is none (the skipped hour)
 */
export function heatmap(
  time: Float64Array,
  values: Float64Array,
  resolutionMs: number,
  timezone: string,
): Pick<Heatmap, 'days' | 'slots' | 'values'> {
  if (time.length === 0) return { days: [], slots: 1, values: [] };
  const wall = timezone === 'UTC' ? time : utcToWall(time, timezone);
  const firstDay = Math.floor(wall[0] / DAY);
  const days = Math.floor(wall[wall.length - 1] / DAY) - firstDay + 1;
  const slotMs = Math.min(DAY, Math.max(resolutionMs, days > MANY_DAYS ? HOUR : FINEST));
  const slots = Math.ceil(DAY / slotMs);
  const sums = new Float64Array(days * slots);
  const counts = new Uint32Array(days * slots);
  for (let row = 0; row < wall.length; row++) {
    const value = values[row];
    if (value !== value) continue;
    const day = Math.floor(wall[row] / DAY);
    const cell = (day - firstDay) * slots + Math.floor((wall[row] - day * DAY) / slotMs);
    sums[cell] += value;
    counts[cell]++;
  }
  return {
    days: Array.from({ length: days }, (_, i) => new Date((firstDay + i) * DAY).toISOString().slice(0, 10)),
    slots,
    values: Array.from(sums, (sum, cell) => (counts[cell] > 0 ? sum / counts[cell] : null)),
  };
}
