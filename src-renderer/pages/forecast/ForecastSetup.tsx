/** @file What to forecast: with which model, how far or which days, how much uncertainty to show. */
import { Button, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconChartAreaLine } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetVersion, Input, RunSummary } from '../../../src-preload/contract/index.ts';
import { useReadOnly } from '../../stores/app.ts';
import { forecastsStore, useForecasts } from '../../stores/forecasts.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { navigate } from '../../stores/router.ts';
import { isoDurationMs } from '../../widgets/format.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { horizonPresets } from '../train/horizon.ts';
import { quantilePresets } from './forecast-choice.ts';
import type { QuantilePreset } from './forecast-choice.ts';

const champion = 'champion';

export function ForecastSetup({
  dataset,
  runs,
  wantedRun,
}: {
  readonly dataset: DatasetVersion;
  readonly runs: readonly RunSummary[];
  readonly wantedRun: string | null;
}) {
  const { t } = useTranslation('forecast');
  const format = useFormat();
  const titleOf = useRecipeTitle();
  const readOnly = useReadOnly();
  const busy = useForecasts((state) => state.current.status === 'loading');
  const stepMs = isoDurationMs(dataset.frequency);
  const hasChampion = runs.some((run) => run.champion);
  const [chosen, setChosen] = useState<string | null>(null);
  const [reach, setReach] = useState<'steps' | 'dates'>('steps');
  const [steps, setSteps] = useState<number | null>(null);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [levels, setLevels] = useState<QuantilePreset>('deciles');

  const wanted = runs.find((run) => run.id === wantedRun)?.id ?? null;
  const runId = chosen ?? wanted ?? (hasChampion ? champion : (runs[0]?.id ?? null));
  const run =
    runId === champion ? runs.find((item) => item.champion) : runs.find((item) => item.id === runId);
  const horizon =
    steps ?? run?.horizon ?? horizonPresets(stepMs).find((item) => item.id === 'day')?.steps ?? 1;
  const presets = horizonPresets(stepMs);
  const preset = presets.find((item) => item.steps === horizon)?.id ?? 'custom';
  const datesMissing = reach === 'dates' && (from === '' || to === '' || to < from);

  const create = async (): Promise<void> => {
    const input: Input<'forecasts.create'> = {
      dataset: dataset.dataset,
      ...(runId === null || runId === champion ? {} : { runId }),
      ...(reach === 'steps' ? { horizon } : { from, to }),
      quantiles: [...quantilePresets[levels]],
    };
    const made = await forecastsStore.getState().create(input);
    if (made) navigate('forecast', made.id);
  };
  const afterData = new Date(dataset.end + stepMs).toISOString().slice(0, 10);

  return (
    <SectionCard title={t('setup.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Stack gap="md">
          <Select
            label={t('setup.model')}
            description={
              (run?.metrics?.mae ?? null) === null
                ? undefined
                : t('setup.modelMae', { mae: format.metric('mae', run?.metrics?.mae, run?.unit) })
            }
            data={[
              ...(hasChampion
                ? [
                    {
                      value: champion,
                      label: t('setup.champion', {
                        name: titleOf(runs.find((item) => item.champion)!.recipe),
                      }),
                    },
                  ]
                : []),
              ...runs
                .filter((item) => !item.champion)
                .map((item) => ({
                  value: item.id,
                  label: `${titleOf(item.recipe)} · ${format.metric('mae', item.metrics?.mae, item.unit)}`,
                })),
            ]}
            value={runId}
            onChange={(value) => setChosen(value)}
            allowDeselect={false}
            searchable={runs.length > 8}
          />
          <div>
            <Text size="sm" fw={500} mb={4} id="reach-label">
              {t('setup.reach')}
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="reach-label"
              data={[
                { value: 'steps', label: t('setup.ahead') },
                { value: 'dates', label: t('setup.dates') },
              ]}
              value={reach}
              onChange={(value) => setReach(value as 'steps' | 'dates')}
            />
          </div>
          {reach === 'steps' ? (
            <>
              <Select
                label={t('setup.horizon')}
                data={[
                  ...presets.map((item) => ({ value: item.id, label: t(`horizon.${item.id}`) })),
                  { value: 'custom', label: t('horizon.custom') },
                ]}
                value={preset}
                onChange={(value) => {
                  const found = presets.find((item) => item.id === value);
                  setSteps(found ? found.steps : horizon + 1);
                }}
                allowDeselect={false}
              />
              {preset === 'custom' ? (
                <NumberInput
                  label={t('setup.steps')}
                  value={horizon}
                  min={1}
                  max={20_000}
                  allowDecimal={false}
                  clampBehavior="blur"
                  onChange={(value) => {
                    if (typeof value === 'number' && value >= 1) setSteps(value);
                  }}
                />
              ) : null}
              <Text size="xs" c="dimmed">
                {t('setup.aheadText', {
                  count: horizon,
                  steps: format.integer(horizon),
                  from: format.dateTime(dataset.end + stepMs, dataset.timezone),
                  to: format.dateTime(dataset.end + horizon * stepMs, dataset.timezone),
                })}
              </Text>
            </>
          ) : (
            <>
              <TextInput
                type="date"
                label={t('setup.from')}
                value={from}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={t('setup.to')}
                value={to}
                min={from}
                onChange={(event) => setTo(event.currentTarget.value)}
                error={from !== '' && to !== '' && to < from ? t('setup.order') : undefined}
              />
              <Text size="xs" c="dimmed">
                {t('setup.datesText', { day: afterData })}
              </Text>
            </>
          )}
          <Select
            label={t('setup.levels')}
            description={t('setup.levelsHint')}
            data={(Object.keys(quantilePresets) as QuantilePreset[]).map((value) => ({
              value,
              label: t(`levels.${value}`),
            }))}
            value={levels}
            onChange={(value) => value && setLevels(value as QuantilePreset)}
            allowDeselect={false}
          />
          <Button
            type="submit"
            fullWidth
            loading={busy}
            disabled={readOnly || runId === null || datesMissing}
            leftSection={<IconChartAreaLine size={17} aria-hidden />}
          >
            {t('setup.create')}
          </Button>
        </Stack>
      </form>
    </SectionCard>
  );
}
