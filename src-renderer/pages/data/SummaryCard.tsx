/** @file The figures of a dataset at a glance. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useReadOnly } from '../../stores/app.ts';
import { isoDurationMs } from '../../widgets/format.ts';
import { Metric, MetricRow, NumberWithUnit } from '../../widgets/Metric.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import type { DatasetDetail } from './DatasetView.tsx';
import { columnOf, completeness, meanPower } from './figures.ts';
import { targetChoices } from './import-view.ts';

export function SummaryCard({
  detail,
  onTarget,
}: {
  readonly detail: DatasetDetail;
  readonly onTarget: (target: string) => void;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const readOnly = useReadOnly();
  const target = columnOf(detail, detail.target);
  const power = meanPower(target?.mean ?? null, target?.unit ?? null, isoDurationMs(detail.frequency));
  const days = (detail.end - detail.start) / 86_400_000;
  return (
    <SectionCard>
      <MetricRow>
        <Metric
          label={t('summary.readings')}
          note={t('summary.complete', {
            share: format.percent(completeness(detail.profile, target?.missing ?? 0), 2),
          })}
        >
          {format.integer(detail.rows)}
        </Metric>
        <Metric label={t('summary.span')} note={format.dateRange(detail.start, detail.end, detail.timezone)}>
          <NumberWithUnit value={Math.round(days)} unit={t('summary.days')} />
        </Metric>
        <Metric label={t('summary.step')} note={`${detail.timezone} · ${t(`stamps.${detail.stamps}`)}`}>
          {format.resolution(detail.frequency)}
        </Metric>
        {target ? (
          <>
            <Metric
              label={t('summary.mean')}
              note={power ? t('summary.power', { power: format.unit(power.value, power.unit) }) : undefined}
            >
              <NumberWithUnit value={target.mean} unit={target.unit} />
            </Metric>
            <Metric
              label={t('summary.peak')}
              note={t('summary.lowest', { value: format.unit(target.min, target.unit) })}
            >
              <NumberWithUnit value={target.max} unit={target.unit} />
            </Metric>
          </>
        ) : null}
        <Select
          label={t('summary.target')}
          data={targetChoices(detail.columns).map((c) => c.name)}
          value={detail.target}
          onChange={(name) => name && name !== detail.target && onTarget(name)}
          allowDeselect={false}
          disabled={readOnly}
          placeholder={t('summary.noTarget')}
          styles={{ label: { color: 'var(--vc-muted)', fontSize: '0.78125rem', fontWeight: 400 } }}
        />
      </MetricRow>
    </SectionCard>
  );
}
