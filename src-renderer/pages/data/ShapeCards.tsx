/** @file The habits of a load: hour by day over the whole span, and the mean day and week. */
import { SegmentedControl, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { HeatMap } from '../../charts/HeatMap.tsx';
import { ShapeChart } from '../../charts/ShapeChart.tsx';
import { valueOf } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import classes from '../../charts/charts.module.css';
import type { DatasetDetail } from './DatasetView.tsx';
import { columnOf, profileOf } from './figures.ts';

interface Props {
  readonly detail: DatasetDetail;
  readonly column: string;
  readonly series?: string | undefined;
}

export function HeatCard({ detail, column, series }: Props) {
  const { t } = useTranslation('data');
  const [state, reload] = useCall('datasets.heatmap', {
    dataset: detail.dataset,
    version: detail.version,
    column,
    ...(series === undefined ? {} : { series }),
  });
  const map = valueOf(state);
  return (
    <SectionCard title={t('heat.title')}>
      {state.status === 'failed' ? <ErrorState error={state.error} onRetry={reload} /> : null}
      {map ? <HeatMap map={map} /> : state.status === 'failed' ? null : <Skeleton h={270} />}
    </SectionCard>
  );
}

export function ShapeCard({ detail, column }: Props) {
  const { t } = useTranslation('data');
  const [kind, setKind] = useState<'day' | 'week'>('day');
  const profile = profileOf(detail.profile, column);
  const shape = (kind === 'day' ? profile?.dailyShape : profile?.weeklyShape) ?? [];
  return (
    <SectionCard
      title={t('shape.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('shape.title')}
          value={kind}
          onChange={(value) => setKind(value === 'week' ? 'week' : 'day')}
          data={[
            { value: 'day', label: t('shape.day') },
            { value: 'week', label: t('shape.week') },
          ]}
        />
      }
    >
      {shape.length > 0 ? (
        <ShapeChart shape={shape} kind={kind} unit={columnOf(detail, column)?.unit ?? null} height={264} />
      ) : (
        <p className={classes['caption']}>{t('shape.none')}</p>
      )}
    </SectionCard>
  );
}
