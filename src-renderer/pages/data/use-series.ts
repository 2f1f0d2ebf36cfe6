/** @file The part of a series that a chart shows, refined as the view narrows. */
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import type { SeriesChart } from '../../../src-preload/contract/index.ts';
import { pointsFor } from '../../charts/load-curve-data.ts';
import type { View } from '../../charts/load-curve-data.ts';
import type { Resource } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';

/** Half a view more on either side, so that moving sideways shows data at once while the next piece loads. */
export function withMargin(view: View, whole: View): View {
  const half = (view.to - view.from) / 2;
  return { from: Math.max(whole.from, view.from - half), to: Math.min(whole.to, view.to + half) };
}

/** Points for the widened view, so that the part in sight keeps two per pixel. */
export function pointsForView(view: View, whole: View, widthPx: number): number {
  const wide = withMargin(view, whole);
  const factor = (wide.to - wide.from) / Math.max(1, view.to - view.from);
  // steps of 200: a window that grows by a pixel is no reason to load again
  return Math.min(20_000, Math.ceil((pointsFor(widthPx) * factor) / 200) * 200);
}

export function useSeries(
  source: {
    readonly dataset: string;
    readonly version: number;
    readonly column: string | null;
    readonly series?: string | undefined;
  },
  view: View,
  whole: View,
  widthPx: number,
): readonly [Resource<SeriesChart>, () => void] {
  const { dataset, version, column, series } = source;
  const [settled] = useDebouncedValue(view, 60);
  const input = useMemo(() => {
    if (column === null || widthPx === 0) return null;
    const wide = withMargin(settled, whole);
    const isWhole = wide.from <= whole.from && wide.to >= whole.to;
    return {
      dataset,
      version,
      column,
      ...(series === undefined ? {} : { series }),
      ...(isWhole ? {} : { from: Math.floor(wide.from), to: Math.ceil(wide.to) }),
      points: pointsForView(settled, whole, widthPx),
    };
  }, [dataset, version, column, series, settled, whole, widthPx]);
  return useCall('datasets.series', input);
}
