/** @file Several runs in one picture: error by lead time, error by hour of week, predictions over the backtest. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Comparison } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { joinSeries, overlayRows } from './compare-shapes.ts';
import { CurveCanvas } from './CurveCanvas.tsx';
import { axisLook, Figure, gridLook, Tip } from './CurveParts.tsx';
import { leadTicks } from './run-shapes.ts';

export interface ComparedRun {
  readonly id: string;
  readonly label: string;
  readonly color: string;
}

interface Props {
  readonly diagnostics: Comparison['diagnostics'];
  readonly runs: readonly ComparedRun[];
  readonly unit: string | null;
}

export function CompareLeadChart({
  diagnostics,
  runs,
  unit,
  stepMs,
}: Props & { readonly stepMs: number | null }) {
  const { t } = useTranslation('compare');
  const format = useFormat();
  const rows = useMemo(
    () =>
      overlayRows(
        diagnostics.map((item) => ({ runId: item.runId, values: item.byLead.mae })),
        1,
        stepMs ?? 1,
      ),
    [diagnostics, stepMs],
  );
  const lead = (value: number): string =>
    stepMs === null ? t('chart.steps', { count: value }) : format.duration(value);
  return (
    <Overlay
      rows={rows}
      runs={runs}
      unit={unit}
      label={t('chart.leadLabel')}
      ticks={leadTicks(rows.length, stepMs)}
      tick={lead}
      title={(value) => t('chart.ahead', { time: lead(value) })}
    />
  );
}

export function CompareWeekChart({ diagnostics, runs, unit }: Props) {
  const { t } = useTranslation('compare');
  const format = useFormat();
  const rows = useMemo(
    () => overlayRows(diagnostics.map((item) => ({ runId: item.runId, values: item.byHourOfWeek.mae }))),
    [diagnostics],
  );
  const hour = (value: number): string =>
    `${format.weekday(Math.floor(value / 24), 'long')} ${String(value % 24).padStart(2, '0')}:00`;
  return (
    <Overlay
      rows={rows}
      runs={runs}
      unit={unit}
      label={t('chart.weekLabel')}
      ticks={[0, 24, 48, 72, 96, 120, 144]}
      tick={(value) => format.weekday(Math.floor(value / 24))}
      title={hour}
    />
  );
}

function Overlay({
  rows,
  runs,
  unit,
  label,
  ticks,
  tick,
  title,
}: {
  readonly rows: readonly Record<string, number | null>[];
  readonly runs: readonly ComparedRun[];
  readonly unit: string | null;
  readonly label: string;
  readonly ticks: readonly number[] | undefined;
  readonly tick: (value: number) => string;
  readonly title: (value: number) => string;
}) {
  const tokens = useTokens();
  const format = useFormat();
  return (
    <Figure label={label} legend={runs.map((run) => ({ label: run.label, color: run.color }))}>
      <ResponsiveContainer width="100%" height={250}>
        <LineChart
          data={[...rows]}
          margin={{ top: 8, right: 16, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid {...gridLook(tokens)} />
          <XAxis
            {...axisLook(tokens)}
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            {...(ticks ? { ticks: [...ticks] } : {})}
            tickFormatter={tick}
            minTickGap={20}
          />
          <YAxis {...axisLook(tokens)} width={48} tickFormatter={(value: number) => format.compact(value)} />
          <Tooltip
            isAnimationActive={false}
            content={({ active, label: at }) => {
              const row = active ? rows.find((item) => item['x'] === at) : undefined;
              return row ? (
                <Tip
                  title={title(Number(at))}
                  rows={runs
                    .toSorted((a, b) => (row[a.id] ?? Infinity) - (row[b.id] ?? Infinity))
                    .slice(0, 10)
                    .map((run) => ({
                      label: run.label,
                      value: format.unit(row[run.id], unit),
                      color: run.color,
                    }))}
                />
              ) : null;
            }}
          />
          {runs.map((run) => (
            <Line
              key={run.id}
              dataKey={run.id}
              stroke={run.color}
              strokeWidth={1.75}
              dot={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </Figure>
  );
}

export function CompareBacktest({ diagnostics, runs, unit, zone }: Props & { readonly zone: string }) {
  const { t } = useTranslation('compare');
  const tokens = useTokens();
  const { columns, runIds } = useMemo(() => joinSeries(diagnostics), [diagnostics]);
  const lines = [
    { label: t('chart.actual'), color: tokens.actual, width: 2 },
    ...runIds.map((id) => {
      const run = runs.find((item) => item.id === id);
      return { label: run?.label ?? id, color: run?.color ?? tokens.muted, width: 1.25 };
    }),
  ];
  return (
    <CurveCanvas
      columns={columns}
      lines={lines}
      unit={unit}
      zone={zone}
      lastDays={14}
      label={t('chart.backtestLabel')}
      height={320}
    />
  );
}
