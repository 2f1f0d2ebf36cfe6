/** @file The load curve with its zoom. */
import { Skeleton } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LoadCurve } from '../../charts/LoadCurve.tsx';
import type { View } from '../../charts/load-curve-data.ts';
import { valueOf } from '../../stores/resource.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { isoDurationMs } from '../../widgets/format.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import type { DatasetDetail } from './DatasetView.tsx';
import { useSeries } from './use-series.ts';

const height = 300;

export function CurveCard({
  detail,
  column,
  series,
  actions,
}: {
  readonly detail: DatasetDetail;
  readonly column: string;
  readonly series: string | undefined;
  readonly actions: ReactNode;
}) {
  const { t } = useTranslation('data');
  const resolutionMs = isoDurationMs(detail.frequency) || 900_000;
  const whole = useMemo<View>(
    () => ({ from: detail.start, to: detail.end + resolutionMs }),
    [detail.start, detail.end, resolutionMs],
  );
  const [view, setView] = useState<View>(whole);
  const [width, setWidth] = useState(1100);
  const [state, reload] = useSeries(
    { dataset: detail.dataset, version: detail.version, column, series },
    view,
    whole,
    width,
  );
  const chart = valueOf(state);
  return (
    <SectionCard title={t('curve.title')} actions={actions}>
      {state.status === 'failed' ? <ErrorState error={state.error} onRetry={reload} /> : null}
      {chart ? (
        <LoadCurve
          chart={chart}
          whole={whole}
          view={view}
          resolutionMs={resolutionMs}
          zone={detail.timezone}
          height={height}
          busy={state.status === 'loading'}
          onView={setView}
          onWidth={setWidth}
        />
      ) : state.status === 'failed' ? null : (
        <Skeleton h={height + 56} />
      )}
    </SectionCard>
  );
}
