/** @file Every input's contributions to single predictions, coloured by the input's value. */
import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Explanation } from '../../src-preload/contract/index.ts';
import type { Tokens } from '../theme/tokens.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { contributionExtent, roundTicks, swarmRow } from './explain-shapes.ts';
import classes from './explain.module.css';

const rowHeight = 34;
const axisHeight = 40;
const dot = 4.5;
const steps = 9;

/** From low to high: blue over grey to orange, apart for colour-blind eyes and by lightness. */
export function ramp(tokens: Tokens, rank: number): string {
  const percent = Math.round(Math.abs(rank - 0.5) * 200);
  return `color-mix(in oklab, ${rank < 0.5 ? tokens.series1 : tokens.series2} ${percent}%, ${tokens.borderStrong})`;
}

export function ExplainSwarm({
  explanation,
  names,
  chosen,
  onChoose,
}: {
  readonly explanation: Explanation;
  readonly names: readonly string[];
  /** feature whose curve is shown */
  readonly chosen: number | null;
  readonly onChoose: (feature: number) => void;
}) {
  const { t } = useTranslation('explain');
  const tokens = useTokens();
  const format = useFormat();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const { swarm, unit } = explanation;
  const [low, high] = useMemo(() => contributionExtent(swarm), [swarm]);
  const inner = Math.max(1, width - 24);
  const scale = (value: number): number => 12 + ((value - low) / (high - low)) * inner;
  const height = swarm.length * rowHeight;
  const curves = new Set(explanation.dependence.map((entry) => entry.feature));
  const paths = useMemo(
    () =>
      swarm.map((row) => {
        const at = (value: number): number => 12 + ((value - low) / (high - low)) * inner;
        const groups = new Map<number, string>();
        for (const { x, y, rank } of swarmRow(row, at, rowHeight - 8, dot)) {
          const key = rank === null ? -1 : Math.round(rank * (steps - 1));
          groups.set(key, `${groups.get(key) ?? ''}M${x.toFixed(1)} ${y.toFixed(1)}h0`);
        }
        return [...groups];
      }),
    [swarm, low, high, inner],
  );
  return (
    <figure style={{ margin: 0 }}>
      <div
        className={classes['swarm']}
        style={{
          gridTemplateRows: `repeat(${swarm.length}, ${rowHeight}px) ${axisHeight}px`,
          ['--rows' as string]: swarm.length + 1,
        }}
      >
        {swarm.map(({ feature }, i) => (
          <div key={feature} className={classes['swarmName']} style={{ gridRow: i + 1, gridColumn: 1 }}>
            {curves.has(feature) ? (
              <button
                type="button"
                title={names[feature]}
                aria-label={t('swarm.choose', { name: names[feature] })}
                aria-pressed={chosen === feature}
                onClick={() => onChoose(feature)}
              >
                {names[feature]}
              </button>
            ) : (
              <span>{names[feature]}</span>
            )}
          </div>
        ))}
        <div
          ref={ref}
          className={classes['plot']}
          role="img"
          aria-label={t('swarm.label', { unit: unit ?? '' })}
        >
          <svg width={width} height={height + axisHeight} aria-hidden>
            {roundTicks(low, high, Math.max(2, Math.floor(inner / 90))).map((tick) => (
              <g key={tick}>
                <line
                  x1={scale(tick)}
                  x2={scale(tick)}
                  y1={0}
                  y2={height}
                  stroke={tick === 0 ? tokens.borderStrong : tokens.grid}
                />
                <text x={scale(tick)} y={height + 18} textAnchor="middle" fontSize={12} fill={tokens.axis}>
                  {format.compact(tick)}
                </text>
              </g>
            ))}
            <text x={width - 4} y={height + 35} textAnchor="end" fontSize={12} fill={tokens.axis}>
              {t('swarm.axis')}
              {unit ? `, ${unit}` : ''}
            </text>
            {paths.map((groups, i) => (
              <g
                key={swarm[i].feature}
                transform={`translate(0 ${i * rowHeight + rowHeight / 2})`}
                strokeLinecap="round"
                strokeWidth={dot}
              >
                {groups.map(([key, d]) => (
                  <path key={key} d={d} stroke={key < 0 ? tokens.muted : ramp(tokens, key / (steps - 1))} />
                ))}
              </g>
            ))}
          </svg>
        </div>
      </div>
      <div className={classes['below']}>
        <span className={classes['ramp']}>
          {t('swarm.low')}
          <span
            className={classes['rampBar']}
            style={{
              background: `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map((rank) => ramp(tokens, rank)).join(', ')})`,
            }}
          />
          {t('swarm.high')}
        </span>
        {swarm.some((row) => row.value.includes(null)) ? (
          <span>
            <span className={classes['dot']} style={{ background: tokens.muted }} />
            {t('swarm.noValue')}
          </span>
        ) : null}
      </div>
    </figure>
  );
}
