/** @file A forecast on screen: the figures asked first, the fan, the table, the files. */
import { Anchor, Button, Group, Menu, SegmentedControl, Stack } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Forecast } from '../../../src-preload/contract/index.ts';
import { ForecastFan } from '../../charts/ForecastFan.tsx';
import { figuresOf, historyBeside } from '../../charts/forecast-shapes.ts';
import { download } from '../../stores/client.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { toHash } from '../../stores/router.ts';
import { errorTextNow } from '../../widgets/error-text.ts';
import { isoDurationMs } from '../../widgets/format.ts';
import { Metric, MetricRow, NumberWithUnit } from '../../widgets/Metric.tsx';
import { Notice } from '../../widgets/Notice.tsx';
import { OriginalText } from '../../widgets/OriginalText.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { ReportMenu } from '../runs/ReportMenu.tsx';
import { ForecastTable } from './ForecastTable.tsx';

function WarningNotice({ warning }: { readonly warning: Forecast['warnings'][number] }) {
  const { message, detail } = errorTextNow(warning);
  return (
    <Notice tone="warn">
      <p>{message}</p>
      <OriginalText detail={detail} />
    </Notice>
  );
}

export function ForecastView({ forecast, busy }: { readonly forecast: Forecast; readonly busy: boolean }) {
  const { t } = useTranslation('forecast');
  const format = useFormat();
  const titleOf = useRecipeTitle();
  const stepMs = isoDurationMs(forecast.frequency);
  const stepsPerDay = 86_400_000 / stepMs;
  const figures = useMemo(() => figuresOf(forecast, stepMs), [forecast, stepMs]);
  const [past, setPast] = useState<'short' | 'week' | 'all'>('short');
  const history = {
    short: historyBeside(forecast.rows.length, stepsPerDay),
    week: Math.round(7 * stepsPerDay),
    all: Infinity,
  }[past];
  const get = (fileFormat: 'csv' | 'parquet'): void =>
    download(`/download/forecast/${encodeURIComponent(forecast.id)}?format=${fileFormat}`);

  return (
    <Stack gap="md" aria-busy={busy} style={{ opacity: busy ? 0.6 : 1 }}>
      {forecast.warnings.map((warning) => (
        <WarningNotice key={warning.message} warning={warning} />
      ))}
      <SectionCard
        title={t('view.title', { target: forecast.target })}
        hint={
          <>
            <Anchor inherit underline="always" href={toHash('runs', forecast.runId)}>
              {titleOf(forecast.recipe)}
            </Anchor>
            {` · ${t('view.facts', {
              dataset: forecast.dataset,
              version: forecast.datasetVersion,
              origin: format.dateTime(forecast.origin, forecast.timezone),
              zone: forecast.timezone,
            })}`}
            {forecast.device === null || forecast.device === 'cpu'
              ? null
              : ` · ${t('view.device', { device: forecast.device })}`}
          </>
        }
        actions={
          <Group gap="xs">
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <Button
                  variant="default"
                  leftSection={<IconDownload size={16} aria-hidden />}
                  rightSection={<IconChevronDown size={14} aria-hidden />}
                >
                  {t('view.export')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => get('csv')}>{t('view.csv')}</Menu.Item>
                <Menu.Item onClick={() => get('parquet')}>{t('view.parquet')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <ReportMenu runIds={[forecast.runId]} />
          </Group>
        }
      >
        <Stack gap="md">
          <MetricRow>
            {figures.energy ? (
              <Metric label={t('view.energy')} note={t('view.energyNote')}>
                <NumberWithUnit value={figures.energy.value} unit={figures.energy.unit} />
              </Metric>
            ) : (
              <Metric label={t('view.mean')}>
                <NumberWithUnit value={figures.mean} unit={forecast.unit} />
              </Metric>
            )}
            {figures.peak ? (
              <Metric label={t('view.peak')} note={format.dateTime(figures.peak.t, forecast.timezone)}>
                <NumberWithUnit value={figures.peak.value} unit={forecast.unit} />
              </Metric>
            ) : null}
            {figures.low ? (
              <Metric label={t('view.low')} note={format.dateTime(figures.low.t, forecast.timezone)}>
                <NumberWithUnit value={figures.low.value} unit={forecast.unit} />
              </Metric>
            ) : null}
            <Metric label={t('view.length')} note={format.resolution(forecast.frequency)}>
              {format.duration(forecast.rows.length * stepMs)}
            </Metric>
          </MetricRow>
          <Group justify="flex-end" mb={-8}>
            <SegmentedControl
              size="xs"
              aria-label={t('view.past')}
              data={[
                { value: 'short', label: t('view.pastShort') },
                { value: 'week', label: t('view.pastWeek') },
                { value: 'all', label: t('view.pastAll') },
              ]}
              value={past}
              onChange={(value) => setPast(value as 'short' | 'week' | 'all')}
            />
          </Group>
          <ForecastFan forecast={forecast} historySteps={history} />
        </Stack>
      </SectionCard>
      <ForecastTable forecast={forecast} />
    </Stack>
  );
}
