/** @file A heat map of days and hours as pixels. Pure: arrays in, arrays out. */
import type { Heatmap } from '../../src-preload/contract/index.ts';

/** Colour range: 1 to 99 % of the values, so that one spike does not wash out the year. Null without any value. */
export function heatDomain(values: readonly (number | null)[]): readonly [number, number] | null {
  const known = Float64Array.from(values.filter((v): v is number => v !== null)).sort();
  if (known.length === 0) return null;
  const at = (share: number): number => known[Math.round(share * (known.length - 1))]!;
  const [low, high] = [at(0.01), at(0.99)];
  return low < high ? [low, high] : [known[0]!, known[known.length - 1]! || known[0]! + 1];
}

/** `#rrggbb` -> [r, g, b] */
const rgb = (hex: string): readonly [number, number, number] => {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
};

/** 256 colours between the stops, as RGB triples in one array. */
export function colorTable(stops: readonly string[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 3);
  const colors = stops.map(rgb);
  for (let i = 0; i < 256; i += 1) {
    const place = (i / 255) * (colors.length - 1);
    const left = Math.min(Math.floor(place), colors.length - 2);
    for (let c = 0; c < 3; c += 1) {
      const [a, b] = [colors[left]![c]!, colors[left + 1]![c]!];
      table[i * 3 + c] = a + (b - a) * (place - left);
    }
  }
  return table;
}

/**
 * One pixel per reading: days from left to right, hours from top to bottom.
 * @returns RGBA, row-major, `days` wide and `slots` high
 */
export function heatPixels(
  map: Heatmap,
  domain: readonly [number, number],
  stops: readonly string[],
  missing: string,
): Uint8ClampedArray<ArrayBuffer> {
  const days = map.days.length;
  const table = colorTable(stops);
  const [mr, mg, mb] = rgb(missing);
  const pixels = new Uint8ClampedArray(days * map.slots * 4);
  const scale = 255 / (domain[1] - domain[0] || 1);
  for (let day = 0; day < days; day += 1)
    for (let slot = 0; slot < map.slots; slot += 1) {
      const value = map.values[day * map.slots + slot] ?? null;
      const to = (slot * days + day) * 4;
      if (value === null) {
        pixels[to] = mr;
        pixels[to + 1] = mg;
        pixels[to + 2] = mb;
      } else {
        const step = Math.min(255, Math.max(0, Math.round((value - domain[0]) * scale))) * 3;
        pixels[to] = table[step]!;
        pixels[to + 1] = table[step + 1]!;
        pixels[to + 2] = table[step + 2]!;
      }
      pixels[to + 3] = 255;
    }
  return pixels;
}

/** First days of months (or of years over long spans) as axis marks: index of the day, `YYYY-MM-DD`. */
export function dayTicks(days: readonly string[], most: number): readonly { index: number; day: string }[] {
  const months = days.flatMap((day, index) =>
    index === 0 || day.slice(0, 7) !== days[index - 1]!.slice(0, 7) ? [{ index, day }] : [],
  );
  // a first month that is only a stub would push its label into the next one
  if (months.length > 1 && months[1]!.index < days.length / (most * 2)) months.shift();
  if (months.length === 1) {
    const every = Math.max(1, Math.ceil(days.length / most));
    return days.flatMap((day, index) => (index % every === 0 ? [{ index, day }] : []));
  }
  const every = Math.max(1, Math.ceil(months.length / most));
  return months.filter((_, i) => i % every === 0);
}

/** `HH:MM` at which a slot begins. */
export function slotClock(slot: number, slots: number): string {
  const minutes = Math.round((slot * 1440) / slots);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
