/**
 * @file Several long series on a canvas (uPlot): drag to zoom in time, double click or 0 to see all again, arrows and
 * +/− by key. SVG would stall at some thousand points; this stays smooth far beyond.
 */
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import { useTokens } from '../theme/use-tokens.ts';
import type { Tokens } from '../theme/tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import type { Formatter } from '../widgets/format.ts';
import { tickText, timeTicks } from './curve-ticks.ts';
import { endOf, rangeOf, zoomRange } from './curve-zoom.ts';
import type { Range } from './curve-zoom.ts';
import classes from './curve-style.module.css';

export interface CanvasLine {
  readonly label: string;
  readonly color: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  /** not drawn and not in the legend, only the edge of a band */
  readonly edge?: boolean;
}

/** Filled between two columns, counted from 1 (0 is time). */
export interface CanvasBand {
  readonly label: string;
  readonly upper: number;
  readonly lower: number;
  readonly color: string;
}

type Columns = readonly (readonly (number | null | undefined)[])[];

export function CurveCanvas({
  columns,
  lines,
  bands = [],
  height = 300,
  lastDays,
  zone,
  unit,
  label,
}: {
  /** seconds, then one column per line */
  readonly columns: Columns;
  readonly lines: readonly CanvasLine[];
  readonly bands?: readonly CanvasBand[];
  readonly height?: number;
  /** shows only the end at first; the rest is a key or a click away */
  readonly lastDays?: number;
  readonly zone: string;
  readonly unit: string | null;
  readonly label: string;
}) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  const tokens = useTokens();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [zoomed, setZoomed] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const whole = rangeOf(columns[0] as number[]);
  /** kept over a redraw, e.g. when the theme changes */
  const range = useRef<Range | null>(lastDays === undefined ? null : endOf(whole, lastDays * 86_400));
  const look = JSON.stringify([lines, bands]);

  useEffect(() => {
    const element = host.current!;
    const [drawn, filled] = JSON.parse(look) as [CanvasLine[], CanvasBand[]];
    const full = rangeOf(columns[0] as number[]);
    const made = new uPlot(
      optionsFor({
        lines: drawn,
        bands: filled,
        width: element.clientWidth || 600,
        height,
        zone,
        format,
        tokens,
        onRange: (next) => {
          const isWhole = next.from <= full.from && next.to >= full.to;
          range.current = isWhole ? null : next;
          setZoomed(!isWhole);
        },
        onCursor: setAt,
      }),
      columns as unknown as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    if (range.current) made.setScale('x', { min: range.current.from, max: range.current.to });
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [columns, look, height, zone, format, tokens]);

  const show = (next: Range): void => plot.current?.setScale('x', { min: next.from, max: next.to });
  const onKey = (event: KeyboardEvent): void => {
    const next = zoomRange(range.current ?? whole, whole, event.key);
    if (!next || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(next);
  };
  return (
    <figure className={classes['figure']}>
      <ul className={classes['legend']} data-top>
        {lines.map((line, i) =>
          line.edge ? null : (
            <li key={line.label}>
              <span className={classes['swatch']} style={{ background: line.color }} />
              {line.label}
              {at === null ? null : <strong>{format.unit(columns[i + 1]?.[at], unit)}</strong>}
            </li>
          ),
        )}
        {bands.map((band) => (
          <li key={band.label}>
            <span className={classes['swatch']} data-shape="area" style={{ background: band.color }} />
            {band.label}
            {at === null || (columns[band.lower]?.[at] ?? null) === null ? null : (
              <strong>
                {format.number(columns[band.lower][at])} – {format.unit(columns[band.upper][at], unit)}
              </strong>
            )}
          </li>
        ))}
        <li className={classes['when']}>
          {at === null ? null : format.dateTime((columns[0][at] ?? 0) * 1000, zone)}
        </li>
      </ul>
      <div className={classes['canvas']}>
        {zoomed ? (
          <Button
            size="compact-xs"
            variant="default"
            className={classes['reset']}
            onClick={() => show(whole)}
          >
            {t('chart.showAll')}
          </Button>
        ) : null}
        <div
          ref={host}
          role="img"
          tabIndex={0}
          aria-label={label}
          aria-keyshortcuts="ArrowLeft ArrowRight + - 0"
          onKeyDown={onKey}
        />
      </div>
      <figcaption className={classes['caption']}>{t('chart.zoomHelp')}</figcaption>
    </figure>
  );
}

interface Look {
  readonly lines: readonly CanvasLine[];
  readonly bands: readonly CanvasBand[];
  readonly width: number;
  readonly height: number;
  readonly zone: string;
  readonly format: Formatter;
  readonly tokens: Tokens;
  readonly onRange: (range: Range) => void;
  readonly onCursor: (index: number | null) => void;
}

function optionsFor(look: Look): uPlot.Options {
  const { format, tokens, zone } = look;
  const font = '11px "Inter Variable", system-ui, sans-serif';
  const axis = { stroke: tokens.axis, font, ticks: { show: false }, grid: { stroke: tokens.grid, width: 1 } };
  return {
    width: look.width,
    height: look.height,
    padding: [10, 12, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
    legend: { show: false },
    scales: { x: { time: true } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        splits: (self, _axis, from, to) =>
          timeTicks(from * 1000, to * 1000, zone, Math.max(2, Math.floor(self.width / 90))).map(
            (ms) => ms / 1000,
          ),
        values: (_self, splits) => splits.map((seconds) => tickText(seconds * 1000, zone, format.language)),
      },
      { ...axis, size: 52, values: (_self, splits) => splits.map((value) => format.compact(value)) },
    ],
    series: [
      {},
      ...look.lines.map((line) => ({
        stroke: line.edge ? 'transparent' : line.color,
        width: line.edge ? 0 : (line.width ?? 1.5),
        ...(line.dash ? { dash: [...line.dash] } : {}),
        points: { show: false },
        spanGaps: false,
      })),
    ],
    bands: look.bands.map((band) => ({ series: [band.upper, band.lower], fill: band.color })),
    hooks: {
      setScale: [
        (self, key) => {
          const { min, max } = self.scales['x'];
          if (key === 'x' && typeof min === 'number' && typeof max === 'number')
            look.onRange({ from: min, to: max });
        },
      ],
      setCursor: [(self) => look.onCursor(self.cursor.idx ?? null)],
    },
  };
}
