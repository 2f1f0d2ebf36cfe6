/** @file Columns that let a sum of terms bend: splines of the clock per type of day, and products with the lead time. */
import type { FeatureColumn, FeatureSource, Pairs } from './builder.ts';

/** Knots of the daily spline: one every 45 minutes, as shifts start and end within less than an hour. */
const knots = 32;

export function linearColumns(
  { spec, calendar, history, known }: FeatureSource,
  pairs: Pairs,
): FeatureColumn[] {
  const { origin, target } = pairs;
  const columns: FeatureColumn[] = [];
  if (spec.calendar && spec.slotsPerDay > 1) {
    const count = Math.min(knots, spec.slotsPerDay);
    for (let type = 0; type < 3; type++)
      for (let k = 0; k < count; k++)
        columns.push({
          name: `clock_${type}_${k}`,
          codes: 0,
          value: (i) => {
            if (calendar.dayType[target[i]] !== type) return 0;
            // periodic hat function: 1 at its knot, 0 at the neighbours
            const x = (calendar.hour[target[i]] / 24) * count - k;
            const distance = Math.min(Math.abs(x), Math.abs(x - count), Math.abs(x + count));
            return Math.max(0, 1 - distance);
          },
        });
  }
  // heating below one temperature and cooling above another: a slope between each two knots
  spec.known.forEach((entry, c) => {
    for (const knot of entry.knots)
      columns.push({
        name: `${entry.name} above ${knot}`,
        codes: 0,
        value: (i) => {
          const x = known[c].value[target[i]];
          return Number.isNaN(x) ? Number.NaN : Math.max(0, x - knot);
        },
      });
  });
  if (spec.maxLead > spec.minLead) {
    // what is known at the origin fades with the lead: products with a few decays of it
    for (const scale of [0.02, 0.1, 0.4]) {
      const steps = Math.max(1, scale * spec.maxLead);
      const fade = (i: number): number => Math.exp(-(target[i] - origin[i]) / steps);
      const name = Math.round(steps);
      columns.push({
        name: `last x fade_${name}`,
        codes: 0,
        value: (i) => fade(i) * history.filled[origin[i]],
      });
      columns.push({ name: `fade_${name}`, codes: 0, value: fade });
      for (const window of spec.rolling)
        columns.push({
          name: `surprise_${window} x fade_${name}`,
          codes: 0,
          value: (i) => fade(i) * history.surprise(origin[i], window),
        });
    }
  }
  return columns;
}
