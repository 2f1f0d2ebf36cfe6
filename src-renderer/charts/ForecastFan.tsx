/** @file The forecast as a fan: nested intervals, the median, the recent past, and the instant it was made from. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Forecast } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { axisLook, Figure, gridLook, Tip } from './CurveParts.tsx';
import { tickText, timeTicks } from './curve-ticks.ts';
import { fanRows, intervalsOf } from './forecast-shapes.ts';

export function ForecastFan({
  forecast,
  historySteps,
  height = 360,
}: {
  readonly forecast: Forecast;
  readonly historySteps: number;
  readonly height?: number;
}) {
  const { t } = useTranslation('forecast');
  const tokens = useTokens();
  const format = useFormat();
  const { timezone: zone, unit } = forecast;
  const intervals = useMemo(() => intervalsOf(forecast.levels), [forecast.levels]);
  const rows = useMemo(() => fanRows(forecast, historySteps), [forecast, historySteps]);
  const from = rows[0]?.t ?? 0;
  const to = rows.at(-1)?.t ?? 1;
  /** nested bands lie over each other, so the inner ones come out stronger */
  const opacity = Math.min(0.3, 0.5 / Math.max(1, intervals.length));
  /** what the eye sees of the i-th band: it and all wider ones lie over each other */
  const shade = (i: number): string =>
    `color-mix(in srgb, ${tokens.forecast} ${Math.round((1 - (1 - opacity) ** (i + 1)) * 100)}%, transparent)`;
  const name = (coverage: number): string => t('chart.interval', { share: format.percent(coverage, 0) });
  const shownBands =
    intervals.length > 3 ? [intervals[0], intervals[Math.floor(intervals.length / 2)]] : intervals;
  return (
    <Figure
      label={t('chart.label', {
        target: forecast.target,
        from: format.dateTime(forecast.rows[0]?.t, zone),
        to: format.dateTime(to, zone),
      })}
      legend={[
        { label: t('chart.actual'), color: tokens.actual },
        { label: t('chart.median'), color: tokens.forecast },
        ...intervals.flatMap((interval, i) =>
          shownBands.includes(interval)
            ? [{ label: name(interval.coverage), color: shade(i), shape: 'area' as const }]
            : [],
        ),
      ]}
    >
      <ResponsiveContainer width="100%" height={height}>
        <ComposedChart
          data={rows}
          margin={{ top: 18, right: 16, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid {...gridLook(tokens)} />
          <XAxis
            {...axisLook(tokens)}
            dataKey="t"
            type="number"
            scale="time"
            domain={[from, to]}
            ticks={timeTicks(from, to, zone, 10)}
            tickFormatter={(value: number) => tickText(value, zone, format.language)}
          />
          <YAxis {...axisLook(tokens)} width={52} tickFormatter={(value: number) => format.compact(value)} />
          {intervals.map((interval, i) => (
            <Area
              key={interval.low}
              dataKey={(row: (typeof rows)[number]) => row.bands[i] as [number, number] | null}
              name={name(interval.coverage)}
              stroke="none"
              fill={tokens.forecast}
              fillOpacity={opacity}
              activeDot={false}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
          <ReferenceLine
            x={forecast.origin}
            stroke={tokens.borderStrong}
            strokeDasharray="4 3"
            label={{ value: t('chart.origin'), position: 'top', fill: tokens.axis, fontSize: 12 }}
          />
          <Line
            dataKey="actual"
            stroke={tokens.actual}
            strokeWidth={1.5}
            dot={false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
          />
          <Line
            dataKey="median"
            stroke={tokens.forecast}
            strokeWidth={2.25}
            dot={forecast.rows.length === 1}
            activeDot={{ r: 3.5 }}
            isAnimationActive={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: tokens.borderStrong, strokeDasharray: '3 3' }}
            content={({ active, label }) => {
              const row = active ? rows.find((item) => item.t === label) : undefined;
              if (!row) return null;
              const bands = intervals.flatMap((interval, i) => {
                const band = row.bands[i];
                return band && shownBands.includes(interval)
                  ? [
                      {
                        label: name(interval.coverage),
                        value: `${format.number(band[0])} – ${format.unit(band[1], unit)}`,
                        color: shade(i),
                        shape: 'area' as const,
                      },
                    ]
                  : [];
              });
              return (
                <Tip
                  title={format.dateTime(row.t, zone)}
                  rows={
                    row.median === null
                      ? [
                          {
                            label: t('chart.actual'),
                            value: format.unit(row.actual, unit),
                            color: tokens.actual,
                          },
                        ]
                      : [
                          {
                            label: t('chart.median'),
                            value: format.unit(row.median, unit),
                            color: tokens.forecast,
                          },
                          ...bands,
                        ]
                  }
                />
              );
            }}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </Figure>
  );
}
