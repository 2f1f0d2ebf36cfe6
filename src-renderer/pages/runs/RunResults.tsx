/** @file How good a run is: figures beside doing nothing, limits, and the pictures that explain them. */
import { Skeleton, Stack, Table } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Diagnostics, RunDetail } from '../../../src-preload/contract/index.ts';
import { curvesByName } from '../../charts/curve-rows.ts';
import { RunBacktestCard, RunErrorCards } from './ResultCharts.tsx';
import type { Resource } from '../../stores/resource.ts';
import { valueOf } from '../../stores/resource.ts';
import type { Curves } from '../../stores/runs-reduce.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { MetricsCard } from './MetricsCard.tsx';
import { TrainingCard } from './TrainingCard.tsx';

export function RunResults({
  run,
  diagnostics,
  liveCurves,
  zone,
  stepMs,
  onRetry,
}: {
  readonly run: RunDetail;
  readonly diagnostics: Resource<Diagnostics>;
  readonly liveCurves: Curves;
  readonly zone: string;
  readonly stepMs: number | null;
  readonly onRetry: () => void;
}) {
  const { t } = useTranslation('runs');
  if (run.metrics === null)
    return (
      <SectionCard>
        <EmptyState art={<IconChartDots3 size={40} stroke={1.3} />} title={t('results.none')}>
          {t('results.noneText')}
        </EmptyState>
      </SectionCard>
    );
  const value = valueOf(diagnostics);
  const stored = value && value.curves.length > 0 ? curvesByName(value.curves) : liveCurves;
  return (
    <Stack gap="md">
      <MetricsCard run={run} />
      {run.thresholds.length > 0 ? <Thresholds run={run} /> : null}
      {diagnostics.status === 'failed' ? <ErrorState error={diagnostics.error} onRetry={onRetry} /> : null}
      {value ? (
        <>
          <RunBacktestCard diagnostics={value} zone={zone} />
          <RunErrorCards diagnostics={value} stepMs={stepMs} zone={zone} />
        </>
      ) : diagnostics.status === 'loading' ? (
        <Skeleton height={360} radius="md" aria-label={t('loading')} />
      ) : null}
      {Object.keys(stored).length > 0 ? <TrainingCard curves={stored} /> : null}
    </Stack>
  );
}

function Thresholds({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const figure = (metric: string, value: number | null): string =>
    format.metric(metric as Parameters<typeof format.metric>[0], value, run.unit);
  return (
    <SectionCard title={t('limits.title')} hint={t('limits.hint')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('limits.metric')}</Table.Th>
            <Table.Th ta="right">{t('limits.value')}</Table.Th>
            <Table.Th ta="right">{t('limits.allowed')}</Table.Th>
            <Table.Th ta="right">{t('limits.state')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {run.thresholds.map((limit) => (
            <Table.Tr key={limit.metric}>
              <Table.Td>{t(`common:metric.${limit.metric}`, { defaultValue: limit.metric })}</Table.Td>
              <Table.Td ta="right">{figure(limit.metric, limit.value)}</Table.Td>
              <Table.Td ta="right">
                {limit.min !== null && limit.max !== null
                  ? `${figure(limit.metric, limit.min)} – ${figure(limit.metric, limit.max)}`
                  : limit.min !== null
                    ? `≥ ${figure(limit.metric, limit.min)}`
                    : `≤ ${figure(limit.metric, limit.max)}`}
              </Table.Td>
              <Table.Td ta="right">
                <Tag tone={limit.met ? 'good' : 'bad'}>{t(limit.met ? 'limits.met' : 'limits.missed')}</Tag>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
