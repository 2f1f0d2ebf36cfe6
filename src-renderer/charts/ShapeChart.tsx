/** @file The mean day or the mean week of a column. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import classes from './charts.module.css';
import { hourClock, shapeRows } from './shape-data.ts';

const dayTicks = [0, 6, 12, 18, 24];
const weekTicks = [0, 24, 48, 72, 96, 120, 144];

export function ShapeChart({
  shape,
  kind,
  unit,
  height = 240,
}: {
  readonly shape: readonly (number | null)[];
  readonly kind: 'day' | 'week';
  readonly unit: string | null;
  readonly height?: number;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const set = useTokens();
  const hours = kind === 'day' ? 24 : 168;
  const rows = useMemo(() => [...shapeRows(shape, hours)], [shape, hours]);
  const tick = { fill: set.axis, fontSize: 11 };
  const hourText = (hour: number): string =>
    kind === 'day' ? hourClock(hour) : `${format.weekday(Math.floor(hour / 24) % 7)} ${hourClock(hour % 24)}`;

  return (
    <div role="img" aria-label={t(`shape.${kind}Label`)}>
      <ResponsiveContainer width="100%" height={height}>
        <AreaChart data={rows} margin={{ top: 8, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke={set.grid} vertical={false} />
          {kind === 'week' ? (
            <ReferenceArea x1={120} x2={168} fill={set.neutralSoft} fillOpacity={0.55} ifOverflow="hidden" />
          ) : null}
          <XAxis
            dataKey="hour"
            type="number"
            domain={[0, hours]}
            ticks={kind === 'day' ? dayTicks : weekTicks}
            tickFormatter={(hour: number) =>
              kind === 'day' ? (hour === 24 ? '24:00' : hourClock(hour)) : format.weekday(hour / 24)
            }
            tick={tick}
            tickLine={false}
            axisLine={{ stroke: set.border }}
          />
          <YAxis
            width={52}
            tick={tick}
            tickLine={false}
            axisLine={false}
            tickFormatter={(value: number) => format.compact(value)}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: set.borderStrong, strokeDasharray: '3 3' }}
            content={({ active, payload }) => {
              const row = payload?.[0]?.payload as { hour: number; value: number | null } | undefined;
              return active && row ? (
                <div className={classes['tooltip']}>
                  <strong>{hourText(row.hour)}</strong>
                  <span>{format.unit(row.value, unit)}</span>
                </div>
              ) : null;
            }}
          />
          <Area
            dataKey="value"
            type="monotone"
            stroke={set.forecast}
            strokeWidth={2}
            fill={set.forecast}
            fillOpacity={0.12}
            dot={false}
            isAnimationActive={false}
          />
        </AreaChart>
      </ResponsiveContainer>
    </div>
  );
}
