/** @file A histogram small enough for a table cell. */
import type { z } from 'zod';
import type { histogramSchema } from '../../src-preload/contract/index.ts';
import { barHeights } from './spark-data.ts';

export function HistogramSpark({
  histogram,
  label,
  width = 96,
  height = 24,
}: {
  readonly histogram: z.infer<typeof histogramSchema>;
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}) {
  const bars = barHeights(histogram.counts, 24);
  const step = width / Math.max(1, bars.length);
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block' }}>
      {bars.map((share, i) => (
        <rect
          key={i}
          x={i * step}
          width={Math.max(1, step - 1)}
          y={height - share * height}
          height={share * height}
          fill="var(--vc-series-1)"
          opacity={0.75}
        />
      ))}
    </svg>
  );
}
