/** @file The one button: every model that fits, on this data, this far ahead, judged on these days. */
import {
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DatasetVersion, Portfolio } from '../../../src-preload/contract/index.ts';
import { Notice } from '../../widgets/Notice.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { horizonPresets, testView } from './horizon.ts';
import type { TestSpan } from './horizon.ts';
import classes from './train.module.css';

export interface TrainChoice {
  readonly horizon: number;
  readonly customHorizon: boolean;
  readonly test: TestSpan;
  /** null: as the machine suggests */
  readonly thorough: boolean | null;
}

export function TrainHero({
  dataset,
  stepMs,
  choice,
  onChoice,
  fitting,
  thorough,
  busy,
  disabled,
  onStart,
}: {
  readonly dataset: DatasetVersion;
  readonly stepMs: number;
  readonly choice: TrainChoice;
  readonly onChoice: (choice: TrainChoice) => void;
  /** null: not known yet */
  readonly fitting: Portfolio | null;
  /** those of the portfolio that take long are trained too */
  readonly thorough: boolean;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onStart: () => void;
}) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const presets = horizonPresets(stepMs);
  const preset = choice.customHorizon
    ? 'custom'
    : (presets.find((item) => item.steps === choice.horizon)?.id ?? 'custom');
  const view = testView(choice.test, { start: dataset.start, end: dataset.end, stepMs }, choice.horizon);
  const shares = [0.1, 0.2, 0.3];
  const testKey = choice.test.kind === 'date' ? 'date' : String(choice.test.share);
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

  return (
    <section className={classes['hero']} aria-labelledby="hero-title">
      <div className={classes['heroText']}>
        <h2 id="hero-title">{t('hero.title')}</h2>
        {fitting === null ? (
          <Skeleton height={42} mt={6} mb={18} />
        ) : (
          <p>
            {t('hero.text', {
              count: fitting.recipes.length + (thorough ? fitting.thorough.length : 0),
              target: dataset.target ?? '',
              dataset: dataset.dataset,
            })}
          </p>
        )}
        <Button
          size="md"
          loading={busy}
          disabled={disabled || view === null}
          leftSection={<IconBolt size={19} aria-hidden />}
          onClick={onStart}
        >
          {t('hero.start')}
        </Button>
      </div>
      <Stack gap="md" className={classes['heroChoices']}>
        <div>
          <Text size="sm" fw={560} mb={5} id="horizon-label">
            {t('horizon.label')}
          </Text>
          <Group gap="sm">
            <SegmentedControl
              aria-labelledby="horizon-label"
              data={[
                ...presets.map((item) => ({ value: item.id, label: t(`horizon.${item.id}`) })),
                { value: 'custom', label: t('horizon.custom') },
              ]}
              value={preset}
              onChange={(value) => {
                const found = presets.find((item) => item.id === value);
                onChoice(
                  found
                    ? { ...choice, horizon: found.steps, customHorizon: false }
                    : { ...choice, customHorizon: true },
                );
              }}
            />
            {preset === 'custom' ? (
              <NumberInput
                aria-label={t('horizon.steps')}
                suffix={` ${t('horizon.stepsUnit')}`}
                value={choice.horizon}
                min={1}
                max={5000}
                clampBehavior="blur"
                allowDecimal={false}
                w={130}
                onChange={(value) => {
                  if (typeof value === 'number' && value >= 1) onChoice({ ...choice, horizon: value });
                }}
              />
            ) : null}
          </Group>
          <Text size="xs" c="dimmed" mt={5}>
            {t('horizon.meaning', {
              count: choice.horizon,
              steps: format.integer(choice.horizon),
              time: format.span(choice.horizon * stepMs),
            })}{' '}
            {t('horizon.hint')}
          </Text>
        </div>
        <div>
          <Text size="sm" fw={560} mb={5} id="test-label">
            {t('test.label')}
          </Text>
          <Group gap="sm">
            <SegmentedControl
              aria-labelledby="test-label"
              data={[
                ...shares.map((share) => ({
                  value: String(share),
                  label: t('test.last', { share: format.percent(share, 0) }),
                })),
                { value: 'date', label: t('test.date') },
              ]}
              value={testKey}
              onChange={(value) =>
                onChoice({
                  ...choice,
                  test:
                    value === 'date'
                      ? { kind: 'date', day: day(view?.from ?? dataset.end) }
                      : { kind: 'share', share: Number(value) },
                })
              }
            />
            {choice.test.kind === 'date' ? (
              <TextInput
                type="date"
                aria-label={t('test.from')}
                value={choice.test.day}
                min={day(dataset.start)}
                max={day(dataset.end)}
                onChange={(event) =>
                  onChoice({ ...choice, test: { kind: 'date', day: event.currentTarget.value } })
                }
              />
            ) : null}
          </Group>
          <Text size="xs" c="dimmed" mt={5}>
            {view === null
              ? t('test.outside')
              : t('test.meaning', {
                  train: format.integer(view.trainDays),
                  test: format.integer(view.testDays),
                  range: format.dateRange(view.from, dataset.end, dataset.timezone),
                })}
          </Text>
        </div>
        {fitting !== null && fitting.thorough.length > 0 ? (
          <Switch
            label={t('hero.thorough')}
            description={t('hero.thoroughHint', { count: fitting.thorough.length })}
            checked={thorough}
            onChange={(event) => onChoice({ ...choice, thorough: event.currentTarget.checked })}
          />
        ) : null}
        {view?.tooShort ? (
          <Notice tone="warn">
            <p>{t('test.tooShort')}</p>
          </Notice>
        ) : null}
      </Stack>
    </section>
  );
}
