/**
 * @file A long series on a canvas. Shows minimum and maximum per pixel; zooming asks for a finer series, so a million
 * readings stay smooth and every peak stays visible. Drag to zoom, double click or 0 to see all, arrows and +/− by key.
 */
import { ActionIcon, Button, Group, Tooltip } from '@mantine/core';
import { IconZoomIn, IconZoomOut, IconZoomReset } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import type { SeriesChart } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { timeLabels } from './axis-time.ts';
import classes from './charts.module.css';
import { clampView, curveData, extent, indexAt, panView, viewOfWidth, zoomView } from './load-curve-data.ts';
import type { View } from './load-curve-data.ts';

const dayMs = 86_400_000;
const widths = [
  ['day', dayMs],
  ['week', 7 * dayMs],
  ['month', 30 * dayMs],
] as const;

interface Props {
  readonly chart: SeriesChart;
  readonly whole: View;
  readonly view: View;
  readonly resolutionMs: number;
  readonly zone: string;
  readonly height?: number;
  /** a finer series is on its way */
  readonly busy: boolean;
  readonly onView: (view: View) => void;
  readonly onWidth: (px: number) => void;
}

export function LoadCurve(props: Props) {
  const { chart, whole, view, resolutionMs, zone, height = 300, busy, onView, onWidth } = props;
  const { t } = useTranslation('data');
  const format = useFormat();
  const set = useTokens();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [width, setWidth] = useState(0);
  const [readout, setReadout] = useState<number | null>(null);

  const minimum = resolutionMs * 12;
  const go = (next: View): void => onView(clampView(next, whole, minimum));
  // uPlot keeps the handlers of its creation; they must always reach the newest props
  const latest = useRef({ go, chart, view });
  useLayoutEffect(() => {
    latest.current = { go, chart, view };
  });

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const px = Math.floor(entry!.contentRect.width);
      setWidth(px);
      onWidth(px);
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [onWidth]);

  useEffect(() => {
    if (width === 0) return undefined;
    const font = '11px "Inter Variable", system-ui, sans-serif';
    const axis: uPlot.Axis = {
      stroke: set.axis,
      font,
      ticks: { show: false },
      grid: { stroke: set.grid, width: 1 },
    };
    const { chart: first, view: firstView } = latest.current;
    const made = new uPlot(
      {
        width,
        height,
        padding: [10, 22, 0, 0],
        legend: { show: false },
        tzDate: (s) => uPlot.tzDate(new Date(s * 1000), zone),
        scales: {
          x: { time: true, range: () => [latest.current.view.from / 1000, latest.current.view.to / 1000] },
          y: {
            range: (_u, low, high) =>
              low === null ? [0, 1] : uPlot.rangeNum(Math.min(0, low), high, 0.06, true),
          },
        },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false },
          bind: { dblclick: () => () => null },
        },
        select: { show: true, left: 0, top: 0, width: 0, height: 0 },
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 72,
            size: 42,
            values: (_u, splits, _axis, _space, increment) => [
              ...timeLabels(splits, increment, format.language, zone),
            ],
          },
          { ...axis, size: 58, values: (_u, splits) => splits.map((value) => format.compact(value)) },
        ],
        series: [
          {},
          { stroke: set.forecast, width: 1, points: { show: false } },
          { stroke: set.forecast, width: 1, points: { show: false } },
        ],
        bands: [{ series: [2, 1], fill: `${set.forecast}73` }],
        hooks: {
          setCursor: [
            (u) => {
              const { left = -1 } = u.cursor;
              setReadout(left < 0 ? null : u.posToVal(left, 'x') * 1000);
            },
          ],
          setSelect: [
            (u) => {
              if (u.select.width < 6) return;
              const from = u.posToVal(u.select.left, 'x') * 1000;
              const to = u.posToVal(u.select.left + u.select.width, 'x') * 1000;
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.go({ from, to });
            },
          ],
        },
      },
      curveData(first) as uPlot.AlignedData,
      box.current!,
    );
    made.setScale('x', { min: firstView.from / 1000, max: firstView.to / 1000 });
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width, height, zone, set, format]);

  useEffect(() => {
    plot.current?.setData(curveData(chart) as uPlot.AlignedData, false);
    plot.current?.setScale('x', { min: view.from / 1000, max: view.to / 1000 });
  }, [chart, view, width]);

  const seen = useMemo(() => extent(chart), [chart]);
  const at = readout === null ? -1 : indexAt(chart.t, readout);
  const low = at < 0 ? null : chart.min[at]!;
  const high = at < 0 ? null : chart.max[at]!;
  const isWhole = view.from <= whole.from && view.to >= whole.to;

  const onKey = (event: KeyboardEvent): void => {
    const next: Record<string, () => View> = {
      ArrowLeft: () => panView(view, -0.2),
      ArrowRight: () => panView(view, 0.2),
      '+': () => zoomView(view, 0.5),
      '=': () => zoomView(view, 0.5),
      '-': () => zoomView(view, 2),
      '0': () => whole,
      Home: () => whole,
    };
    const made = next[event.key];
    if (!made || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(made());
  };

  const span = format.dateRange(view.from, view.to, zone);
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={6} wrap="wrap">
        <div className={classes['readout']}>
          {at >= 0 ? (
            <>
              <strong>{format.dateTime(chart.t[at], zone)}</strong>{' '}
              {low === high
                ? format.unit(high, chart.unit)
                : `${format.number(low)} – ${format.unit(high, chart.unit)}`}
            </>
          ) : (
            <>
              <strong>{span}</strong>{' '}
              {seen ? `${format.number(seen.min)} – ${format.unit(seen.max, chart.unit)}` : ''}
            </>
          )}
        </div>
        <Group gap={4}>
          {widths
            .filter(([, ms]) => ms < whole.to - whole.from && ms >= minimum)
            .map(([name, ms]) => (
              <Button key={name} size="compact-xs" variant="subtle" onClick={() => go(viewOfWidth(view, ms))}>
                {t(`curve.${name}`)}
              </Button>
            ))}
          <Tooltip label={t('curve.zoomIn')}>
            <ActionIcon
              variant="subtle"
              aria-label={t('curve.zoomIn')}
              onClick={() => go(zoomView(view, 0.5))}
            >
              <IconZoomIn size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('curve.zoomOut')}>
            <ActionIcon
              variant="subtle"
              aria-label={t('curve.zoomOut')}
              disabled={isWhole}
              onClick={() => go(zoomView(view, 2))}
            >
              <IconZoomOut size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('curve.zoomAll')}>
            <ActionIcon
              variant="subtle"
              aria-label={t('curve.zoomAll')}
              disabled={isWhole}
              onClick={() => go(whole)}
            >
              <IconZoomReset size={17} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <div
        ref={box}
        className={classes['canvas']}
        style={{ height }}
        data-busy={busy || undefined}
        tabIndex={0}
        role="img"
        aria-label={t('curve.label', {
          column: chart.column,
          span,
          min: format.number(seen?.min),
          max: format.unit(seen?.max, chart.unit),
        })}
        aria-keyshortcuts="ArrowLeft ArrowRight + - 0"
        onKeyDown={onKey}
        onDoubleClick={() => go(whole)}
      />
      <p className={classes['caption']}>{t('curve.help')}</p>
    </div>
  );
}
