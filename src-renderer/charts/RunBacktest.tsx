/** @file Actual against predicted over the backtest, with the 80 % band. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Diagnostics } from '../../src-preload/contract/index.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { CurveCanvas } from './CurveCanvas.tsx';
import { seriesColumns } from './run-shapes.ts';

export function BacktestChart({
  series,
  unit,
  zone,
  height = 300,
}: {
  readonly series: Diagnostics['series'];
  readonly unit: string | null;
  readonly zone: string;
  readonly height?: number;
}) {
  const { t } = useTranslation('runs');
  const tokens = useTokens();
  const columns = useMemo(() => seriesColumns(series), [series]);
  const hasBand = useMemo(() => series.low.some((value) => value !== null), [series]);
  return (
    <CurveCanvas
      label={t('chart.backtestLabel')}
      columns={hasBand ? columns : columns.slice(0, 3)}
      lines={[
        { label: t('chart.actual'), color: tokens.actual, width: 1.25 },
        { label: t('chart.predicted'), color: tokens.forecast, width: 1.5 },
        ...(hasBand
          ? [
              { label: t('chart.low'), color: tokens.band, edge: true },
              { label: t('chart.high'), color: tokens.band, edge: true },
            ]
          : []),
      ]}
      bands={hasBand ? [{ label: t('chart.band'), upper: 4, lower: 3, color: tokens.band }] : []}
      lastDays={21}
      unit={unit}
      zone={zone}
      height={height}
    />
  );
}
