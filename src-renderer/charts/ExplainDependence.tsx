/** @file The mean prediction against one input's value, with how often the values occur along the foot. */
import { useTranslation } from 'react-i18next';
import {
  Area,
  Bar,
  BarChart,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Explanation } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { axisLook, Figure, gridLook, Tip } from './CurveParts.tsx';
import style from './explain.module.css';
import { clock, isCoded, roundTicks, valueText } from './explain-shapes.ts';

const margin = { top: 8, right: 16, bottom: 4, left: 0 };
const height = 260;

export function ExplainDependence({
  explanation,
  entry,
  name,
}: {
  readonly explanation: Explanation;
  readonly entry: Explanation['dependence'][number];
  readonly name: string;
}) {
  const { t } = useTranslation('explain');
  const tokens = useTokens();
  const format = useFormat();
  const feature = explanation.features[entry.feature];
  const { unit, moments } = explanation;
  const coded = isCoded(feature);
  const rows = entry.value.map((value, i) => ({
    value,
    text: valueText(t, format, feature, value, moments.stepMs),
    mean: entry.mean[i],
    band: [entry.low[i], entry.high[i]],
    count: entry.counts[i] ?? 0,
  }));
  const all = [...entry.low, ...entry.high, ...entry.mean];
  const least = Math.min(...all);
  const most = Math.max(...all);
  const room = 0.08 * (most - least || 1);
  const domain: [number, number] = [least >= 0 && least < most - least ? 0 : least - room, most + room];
  const tip = (row: (typeof rows)[number]) => (
    <Tip
      title={`${name}: ${row.text}`}
      rows={[
        { label: t('dependence.mean'), value: format.unit(row.mean, unit), color: tokens.series1 },
        {
          label: t('dependence.band'),
          value: `${format.number(row.band[0])} – ${format.unit(row.band[1], unit)}`,
          color: tokens.band,
          shape: 'area',
        },
        ...(coded
          ? [{ label: t('dependence.often'), value: t('dependence.moments', { count: row.count }) }]
          : []),
      ]}
    />
  );
  const legend = [
    { label: t('dependence.mean') + (unit ? `, ${unit}` : ''), color: tokens.series1 },
    { label: t('dependence.band'), color: tokens.band, shape: 'area' as const },
    ...(coded ? [] : [{ label: t('dependence.often'), color: tokens.borderStrong, shape: 'area' as const }]),
  ];
  const valueTick = (value: number): string =>
    feature.label.kind === 'hour'
      ? clock(value)
      : feature.label.kind === 'lead'
        ? format.duration(value * moments.stepMs)
        : format.compact(value);
  const x = coded
    ? { dataKey: 'text', type: 'category' as const, interval: 'preserveStartEnd' as const }
    : {
        dataKey: 'value',
        type: 'number' as const,
        domain: [entry.value[0], entry.value.at(-1) ?? 1] as [number, number],
        tickFormatter: valueTick,
        ...(feature.label.kind === 'hour'
          ? { ticks: [0, 3, 6, 9, 12, 15, 18, 21].filter((h) => h >= entry.value[0]) }
          : { ticks: roundTicks(entry.value[0], entry.value.at(-1) ?? 1, 6) }),
      };
  const hill = entry.edges
    .slice(1)
    .map((to, i) => ({ middle: (entry.edges[i] + to) / 2, count: entry.counts[i] }));
  return (
    <Figure label={t('dependence.label', { name })} legend={legend}>
      <ResponsiveContainer width="100%" height={height}>
        <ComposedChart data={rows} margin={margin} accessibilityLayer={false}>
          <CartesianGrid {...gridLook(tokens)} />
          <XAxis {...axisLook(tokens)} {...x} />
          <YAxis
            {...axisLook(tokens)}
            width={52}
            domain={domain}
            ticks={roundTicks(domain[0], domain[1], 5)}
            tickFormatter={(value: number) => format.compact(value)}
          />
          <Tooltip
            isAnimationActive={false}
            content={({ active, label }) => {
              const row = active
                ? rows.find((item) => (coded ? item.text : item.value) === label)
                : undefined;
              return row ? tip(row) : null;
            }}
          />
          <Area dataKey="band" stroke="none" fill={tokens.band} fillOpacity={1} isAnimationActive={false} />
          <Line
            dataKey="mean"
            stroke={tokens.series1}
            strokeWidth={coded ? 0 : 2}
            dot={coded ? { r: 4, fill: tokens.series1, strokeWidth: 0 } : false}
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
      {coded ? null : (
        <ResponsiveContainer width="100%" height={30}>
          <BarChart
            data={hill}
            margin={{ ...margin, left: 52, top: 2 }}
            barCategoryGap={1}
            accessibilityLayer={false}
          >
            <Bar dataKey="count" fill={tokens.borderStrong} isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      )}
      {/* what runs along the foot, said once: under the hill, where an axis has its title */}
      <p className={style['axisTitle']}>
        {feature.unit === null || coded ? name : t('dependence.axis', { name, unit: feature.unit })}
      </p>
    </Figure>
  );
}
