/** @file The small charts of one run: error by lead time, residuals, calibration, importance. */
import { useTranslation } from 'react-i18next';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Diagnostics } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { axisLook, Figure, gridLook, Tip } from './CurveParts.tsx';
import { calibrationRows, histogramRows, importanceRows, leadRows, leadTicks } from './run-shapes.ts';
import classes from './curve-style.module.css';

const margin = { top: 8, right: 12, bottom: 0, left: 0 };

/** @param stepMs one step of the data; null: leads are shown in steps */
export function LeadChart({
  byLead,
  stepMs,
  unit,
}: {
  readonly byLead: Diagnostics['byLead'];
  readonly stepMs: number | null;
  readonly unit: string | null;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const tokens = useTokens();
  const format = useFormat();
  const rows = leadRows(byLead, stepMs);
  const lead = (value: number): string =>
    stepMs === null ? t('chart.steps', { count: value }) : format.duration(value);
  return (
    <Figure
      label={t('chart.leadLabel')}
      legend={[
        { label: t('common:metric.mae'), color: tokens.series1 },
        { label: t('common:metric.bias'), color: tokens.series2 },
      ]}
    >
      <ResponsiveContainer width="100%" height={220}>
        <LineChart data={rows} margin={margin} accessibilityLayer={false}>
          <CartesianGrid {...gridLook(tokens)} />
          <XAxis
            {...axisLook(tokens)}
            dataKey="lead"
            type="number"
            domain={['dataMin', 'dataMax']}
            ticks={leadTicks(rows.length, stepMs)}
            tickFormatter={lead}
            minTickGap={24}
          />
          <YAxis {...axisLook(tokens)} width={48} tickFormatter={(value: number) => format.compact(value)} />
          <ReferenceLine y={0} stroke={tokens.borderStrong} />
          <Tooltip
            isAnimationActive={false}
            content={({ active, label }) => {
              const row = active ? rows.find((item) => item.lead === label) : undefined;
              return row ? (
                <Tip
                  title={t('chart.ahead', { time: lead(row.lead) })}
                  rows={[
                    {
                      label: t('common:metric.mae'),
                      value: format.unit(row.mae, unit),
                      color: tokens.series1,
                    },
                    {
                      label: t('common:metric.bias'),
                      value: format.unit(row.bias, unit),
                      color: tokens.series2,
                    },
                  ]}
                />
              ) : null;
            }}
          />
          <Line
            dataKey="mae"
            stroke={tokens.series1}
            strokeWidth={2}
            dot={rows.length < 3}
            isAnimationActive={false}
          />
          <Line
            dataKey="bias"
            stroke={tokens.series2}
            strokeWidth={1.5}
            strokeDasharray="4 3"
            dot={rows.length < 3}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </Figure>
  );
}

export function ResidualChart({
  histogram,
  unit,
}: {
  readonly histogram: Diagnostics['residualHistogram'];
  readonly unit: string | null;
}) {
  const { t } = useTranslation('runs');
  const tokens = useTokens();
  const format = useFormat();
  const rows = histogramRows(histogram);
  return (
    <Figure label={t('chart.residualsLabel')}>
      <ResponsiveContainer width="100%" height={220}>
        <BarChart data={rows} margin={margin} barCategoryGap={1} accessibilityLayer={false}>
          <CartesianGrid {...gridLook(tokens)} />
          <XAxis
            {...axisLook(tokens)}
            dataKey="middle"
            type="number"
            domain={[rows[0]?.from ?? 0, rows.at(-1)?.to ?? 1]}
            tickCount={7}
            tickFormatter={(value: number) => format.compact(value)}
          />
          <YAxis {...axisLook(tokens)} width={48} tickFormatter={(value: number) => format.compact(value)} />
          <ReferenceLine x={0} stroke={tokens.borderStrong} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: tokens.sunken }}
            content={({ active, label }) => {
              const row = active ? rows.find((item) => item.middle === label) : undefined;
              return row ? (
                <Tip
                  title={t('chart.between', {
                    from: format.number(row.from, 1),
                    to: format.unit(row.to, unit, 1),
                  })}
                  rows={[
                    { label: t('chart.readings'), value: format.integer(row.count) },
                    { label: t('chart.share'), value: format.percent(row.share) },
                  ]}
                />
              ) : null;
            }}
          />
          <Bar dataKey="count" fill={tokens.series1} radius={[2, 2, 0, 0]} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </Figure>
  );
}

export function CalibrationChart({ calibration }: { readonly calibration: Diagnostics['calibration'] }) {
  const { t } = useTranslation('runs');
  const tokens = useTokens();
  const format = useFormat();
  const rows = calibrationRows(calibration);
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const percent = (value: number): string => format.percent(value, 0);
  return (
    <Figure
      label={t('chart.calibrationLabel')}
      legend={[
        { label: t('chart.seen'), color: tokens.series1 },
        { label: t('chart.perfect'), color: tokens.borderStrong },
      ]}
    >
      <ResponsiveContainer width="100%" height={220}>
        <LineChart data={rows} margin={margin} accessibilityLayer={false}>
          <CartesianGrid stroke={tokens.grid} />
          <XAxis
            {...axisLook(tokens)}
            dataKey="level"
            type="number"
            domain={[0, 1]}
            ticks={ticks}
            tickFormatter={percent}
          />
          <YAxis {...axisLook(tokens)} width={48} domain={[0, 1]} ticks={ticks} tickFormatter={percent} />
          <ReferenceLine
            segment={[
              { x: 0, y: 0 },
              { x: 1, y: 1 },
            ]}
            stroke={tokens.borderStrong}
            strokeDasharray="4 3"
          />
          <Tooltip
            isAnimationActive={false}
            content={({ active, label }) => {
              const row = active ? rows.find((item) => item.level === label) : undefined;
              return row ? (
                <Tip
                  title={t('chart.level', { level: percent(row.level) })}
                  rows={[{ label: t('chart.seen'), value: format.percent(row.share), color: tokens.series1 }]}
                />
              ) : null;
            }}
          />
          <Line
            dataKey="share"
            stroke={tokens.series1}
            strokeWidth={2}
            dot={{ r: 3 }}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </Figure>
  );
}

export function ImportanceBars({ list }: { readonly list: Diagnostics['featureImportance'] }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  const rows = importanceRows(list, 12);
  const most = Math.max(...rows.map((row) => row.share), 1e-9);
  return (
    <ul className={classes['bars']}>
      {rows.map((row) => {
        const name = row.name ?? t('chart.otherFeatures', { count: row.count });
        return (
          <li key={name} className={classes['bar']}>
            <span className={classes['barName']} title={name}>
              {name}
            </span>
            <span className={classes['barTrack']} aria-hidden>
              <span
                className={classes['barFill']}
                style={{
                  display: 'block',
                  width: `${(row.share / most) * 100}%`,
                  opacity: row.name === null ? 0.45 : 1,
                }}
              />
            </span>
            <span className={classes['barFigure']}>{format.percent(row.share)}</span>
          </li>
        );
      })}
    </ul>
  );
}
