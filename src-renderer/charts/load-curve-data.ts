/** @file From a decimated series to what the canvas chart takes, and the arithmetic of its view. Pure. */
import type { SeriesChart } from '../../src-preload/contract/index.ts';

/** Visible part of the time axis, UTC ms. */
export interface View {
  readonly from: number;
  readonly to: number;
}

type Nullable = number | null;
export type CurveData = [x: number[], low: Nullable[], high: Nullable[]];

/** Seconds, as uPlot counts, then the lower and the upper edge of the band. */
export const curveData = (chart: SeriesChart): CurveData => [
  chart.t.map((t) => t / 1000),
  chart.min,
  chart.max,
];

/** Two values per pixel: one bucket holds a minimum and a maximum, so no peak can hide between pixels. */
export const pointsFor = (widthPx: number): number =>
  Math.min(20_000, Math.max(200, Math.round(widthPx * 2)));

/** Keeps the view inside the data and at least `minimumMs` wide. */
export function clampView(view: View, whole: View, minimumMs: number): View {
  const width = Math.min(whole.to - whole.from, Math.max(minimumMs, view.to - view.from));
  const from = Math.min(Math.max(view.from, whole.from), whole.to - width);
  return { from, to: from + width };
}

/** @param factor under 1 zooms in; `at`: the instant that stays where it is */
export function zoomView(view: View, factor: number, at = (view.from + view.to) / 2): View {
  return { from: at - (at - view.from) * factor, to: at + (view.to - at) * factor };
}

/** @param share of the visible width, positive to the right */
export function panView(view: View, share: number): View {
  const by = (view.to - view.from) * share;
  return { from: view.from + by, to: view.to + by };
}

/** `width` around the middle of what is seen. */
export function viewOfWidth(view: View, widthMs: number): View {
  const middle = (view.from + view.to) / 2;
  return { from: middle - widthMs / 2, to: middle + widthMs / 2 };
}

/** The reading at or before an instant, for the read-out. */
export function indexAt(t: readonly number[], instant: number): number {
  let low = 0;
  let high = t.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (t[middle]! <= instant) low = middle;
    else high = middle - 1;
  }
  return t.length === 0 ? -1 : low;
}

/** Smallest and largest value in sight; null where there is none. */
export function extent(chart: SeriesChart): { readonly min: number; readonly max: number } | null {
  let min = Infinity;
  let max = -Infinity;
  for (const value of chart.min) if (value !== null && value < min) min = value;
  for (const value of chart.max) if (value !== null && value > max) max = value;
  return min <= max ? { min, max } : null;
}
