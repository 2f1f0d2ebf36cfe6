/** @file How the error falls while a model trains; grows as points arrive. */
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Curves } from '../stores/runs-reduce.ts';
import { seriesColor } from '../theme/tokens.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { axisLook, Figure, gridLook, Tip } from './CurveParts.tsx';
import { curveRows } from './curve-rows.ts';

export function TrainingCurve({
  curves,
  height = 220,
}: {
  readonly curves: Curves;
  readonly height?: number;
}) {
  const { t } = useTranslation('runs');
  const tokens = useTokens();
  const format = useFormat();
  const names = Object.keys(curves);
  const rows = curveRows(curves, 600);
  const color = (name: string): string => seriesColor(tokens, names.indexOf(name));
  return (
    <Figure
      label={t('chart.trainingLabel', { names: format.list(names) })}
      legend={names.map((name) => ({ label: name, color: color(name) }))}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={rows} margin={{ top: 8, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid {...gridLook(tokens)} />
          <XAxis
            {...axisLook(tokens)}
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            tickCount={7}
            tickFormatter={(value: number) => format.compact(value)}
          />
          <YAxis
            {...axisLook(tokens)}
            width={52}
            domain={['auto', 'auto']}
            tickFormatter={(value: number) => format.compact(value)}
          />
          <Tooltip
            isAnimationActive={false}
            content={({ active, label }) => {
              const row = active ? rows.find((item) => item.x === label) : undefined;
              if (!row) return null;
              return (
                <Tip
                  title={t('chart.round', { round: format.integer(row.x ?? null) })}
                  rows={names.map((name) => ({
                    label: name,
                    value: format.number(row[name]),
                    color: color(name),
                  }))}
                />
              );
            }}
          />
          {names.map((name) => (
            <Line
              key={name}
              dataKey={name}
              stroke={color(name)}
              strokeWidth={2}
              dot={false}
              connectNulls
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </Figure>
  );
}
