/** @file Every metric with what it means, beside the same metric of repeating yesterday or last week. */
import { Button, Table, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { metricNames } from '../../../src-preload/contract/metrics.ts';
import type { MetricName, RunDetail } from '../../../src-preload/contract/index.ts';
import { Metric, MetricRow } from '../../widgets/Metric.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './runs.module.css';

const headline: readonly MetricName[] = ['mae', 'rmse', 'wape', 'r2', 'peakError', 'coverage80'];

export function MetricsCard({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const [all, setAll] = useState(false);
  const daily = run.baseline?.daily ?? null;
  const weekly = run.baseline?.weekly ?? null;
  const reference =
    weekly && daily
      ? (weekly.mae ?? Infinity) <= (daily.mae ?? Infinity)
        ? weekly
        : daily
      : (weekly ?? daily);
  return (
    <SectionCard
      title={t('metrics.title')}
      hint={t('metrics.hint')}
      actions={
        <Button variant="subtle" size="compact-sm" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('metrics.fewer') : t('metrics.all')}
        </Button>
      }
    >
      <MetricRow>
        <Metric
          label={t('common:metric.skill')}
          help={t('common:metricHelp.skill')}
          note={t('metrics.skillNote')}
        >
          <span className={classes['tinted']} data-tone={(run.skill ?? 0) > 0 ? 'good' : 'bad'}>
            {format.metric('skill', run.skill)}
          </span>
        </Metric>
        {headline.map((name) => (
          <Metric
            key={name}
            label={t(`common:metric.${name}`)}
            help={t(`common:metricHelp.${name}`)}
            note={
              name === 'coverage80'
                ? t('metrics.coverageNote')
                : (reference?.[name] ?? null) === null
                  ? undefined
                  : t('metrics.naive', { value: format.metric(name, reference?.[name], run.unit) })
            }
          >
            {format.metric(name, run.metrics?.[name], run.unit)}
          </Metric>
        ))}
      </MetricRow>
      {all ? (
        <Table.ScrollContainer minWidth={560} mt="md">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('metrics.metric')}</Table.Th>
                <Table.Th ta="right">{t('metrics.this')}</Table.Th>
                <Table.Th ta="right">{t('metrics.daily')}</Table.Th>
                <Table.Th ta="right">{t('metrics.weekly')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {metricNames.map((name) => (
                <Table.Tr key={name}>
                  <Table.Td>
                    <Tooltip
                      label={t(`common:metricHelp.${name}`)}
                      multiline
                      maw={320}
                      position="right"
                      events={{ hover: true, focus: true, touch: true }}
                    >
                      <span tabIndex={0} className={classes['explained']}>
                        {t(`common:metric.${name}`)}
                      </span>
                    </Tooltip>
                  </Table.Td>
                  <Table.Td ta="right" fw={600}>
                    {format.metric(name, run.metrics?.[name], run.unit)}
                  </Table.Td>
                  <Table.Td ta="right">{format.metric(name, daily?.[name], run.unit)}</Table.Td>
                  <Table.Td ta="right">{format.metric(name, weekly?.[name], run.unit)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </SectionCard>
  );
}
