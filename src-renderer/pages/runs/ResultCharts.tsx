/** @file The pictures of one run, each in its card with the question it answers. */
import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Diagnostics } from '../../../src-preload/contract/index.ts';
import { BacktestChart } from '../../charts/RunBacktest.tsx';
import { CalibrationChart, ImportanceBars, LeadChart, ResidualChart } from '../../charts/RunCharts.tsx';
import { WeekHeatmap } from '../../charts/RunHeatmap.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './runs.module.css';

export function RunBacktestCard({
  diagnostics,
  zone,
}: {
  readonly diagnostics: Diagnostics;
  readonly zone: string;
}) {
  const { t } = useTranslation('runs');
  return (
    <SectionCard title={t('chart.backtest')} hint={t('chart.backtestHint')}>
      <BacktestChart series={diagnostics.series} unit={diagnostics.unit} zone={zone} />
    </SectionCard>
  );
}

export function RunErrorCards({
  diagnostics,
  stepMs,
}: {
  readonly diagnostics: Diagnostics;
  readonly stepMs: number | null;
  readonly zone: string;
}) {
  const { t } = useTranslation('runs');
  const { unit } = diagnostics;
  return (
    <div className={classes['grid2']}>
      {diagnostics.byLead.mae.length > 1 ? (
        <SectionCard title={t('chart.lead')} hint={t('chart.leadHint')}>
          <LeadChart byLead={diagnostics.byLead} stepMs={stepMs} unit={unit} />
        </SectionCard>
      ) : null}
      <SectionCard title={t('chart.week')} hint={t('chart.weekHint')}>
        <WeekHeatmap values={diagnostics.byHourOfWeek.mae} unit={unit} caption={t('chart.weekLabel')} />
      </SectionCard>
      <SectionCard title={t('chart.residuals')} hint={t('chart.residualsHint')}>
        <ResidualChart histogram={diagnostics.residualHistogram} unit={unit} />
      </SectionCard>
      {diagnostics.calibration.level.length > 0 ? (
        <SectionCard title={t('chart.calibration')} hint={t('chart.calibrationHint')}>
          <CalibrationChart calibration={diagnostics.calibration} />
        </SectionCard>
      ) : null}
      {diagnostics.featureImportance.length > 0 ? (
        <SectionCard title={t('chart.importance')} hint={t('chart.importanceHint')}>
          <ImportanceBars list={diagnostics.featureImportance} />
        </SectionCard>
      ) : null}
      {diagnostics.worstDays.length > 0 ? (
        <SectionCard title={t('chart.worst')} hint={t('chart.worstHint')} flush>
          <WorstDays diagnostics={diagnostics} />
        </SectionCard>
      ) : null}
    </div>
  );
}

function WorstDays({ diagnostics }: { readonly diagnostics: Diagnostics }) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const { unit } = diagnostics;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th pl="lg">{t('chart.day')}</Table.Th>
          <Table.Th ta="right">{t('common:metric.mae')}</Table.Th>
          <Table.Th ta="right">{t('chart.actualMean')}</Table.Th>
          <Table.Th ta="right" pr="lg">
            {t('chart.predictedMean')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {diagnostics.worstDays.slice(0, 10).map((day) => {
          // a calendar day of the data: read as UTC and written as UTC it stays that day
          const at = Date.parse(`${day.day}T00:00:00Z`);
          const date = new Date(at);
          return (
            <Table.Tr key={day.day}>
              <Table.Td pl="lg">
                {Number.isNaN(at)
                  ? day.day
                  : `${format.weekday((date.getUTCDay() + 6) % 7)} ${format.date(at, 'UTC')}`}
              </Table.Td>
              <Table.Td ta="right" fw={600}>
                {format.unit(day.mae, unit)}
              </Table.Td>
              <Table.Td ta="right">{format.unit(day.actualMean, unit)}</Table.Td>
              <Table.Td ta="right" pr="lg">
                {format.unit(day.predictedMean, unit)}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
