/** @file The main settings of a recipe as a form. Each change is written into the YAML, which stays the truth. */
import {
  Divider,
  MultiSelect,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetVersion, Recipe } from '../../../src-preload/contract/index.ts';
import type { Schema } from '../../stores/recipes-schema.ts';
import { isoDurationMs } from '../../widgets/format.ts';
import { useFormat } from '../../widgets/use-format.ts';
import { holidayCountries } from '../settings/countries.ts';
import { NumberField, TextField } from './fields.tsx';
import { horizonPresets } from './horizon.ts';
import { ParamFields } from './ParamFields.tsx';
import { stepsOf } from './param-values.ts';
import classes from './train.module.css';

type Edit = (set: Readonly<Record<string, unknown>>) => void;
interface PartProps {
  readonly recipe: Recipe;
  readonly dataset: DatasetVersion | null;
  readonly disabled: boolean;
  readonly onEdit: Edit;
}

export function RecipeForm({ schema, ...props }: PartProps & { readonly schema: Schema | null }) {
  const { t } = useTranslation('train');
  const { recipe, disabled, onEdit } = props;
  return (
    <Stack gap="lg">
      <Section title={t('form.what')}>
        <WhatPart {...props} />
      </Section>
      <Section title={t('form.test')}>
        <TestPart {...props} />
      </Section>
      <Section title={t('form.features')}>
        <FeaturePart {...props} />
      </Section>
      <Section title={t('form.training')}>
        <TrainingPart {...props} />
      </Section>
      <Section title={t('form.model')} hint={t('form.modelHint')}>
        <ParamFields
          schema={schema}
          modelType={recipe.model.type}
          params={recipe.model.params}
          disabled={disabled}
          onEdit={onEdit}
        />
      </Section>
      <Divider />
      <Text size="xs" c="dimmed">
        {t('form.more')}
      </Text>
    </Stack>
  );
}

function Section({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly children: React.ReactNode;
}) {
  return (
    <section>
      <h3 className={classes['formTitle']}>{title}</h3>
      {hint ? <p className={classes['formHint']}>{hint}</p> : null}
      {children}
    </section>
  );
}

function WhatPart({ recipe, dataset, disabled, onEdit }: PartProps) {
  const { t } = useTranslation('train');
  const stepMs = dataset ? isoDurationMs(dataset.frequency) : Number.NaN;
  const targets = (dataset?.columns ?? [])
    .filter((c) => c.kind === 'load' || c.kind === 'covariate')
    .map((c) => c.name);
  const presets = Number.isNaN(stepMs) ? [] : horizonPresets(stepMs).filter((preset) => preset.id !== 'day');
  const { horizon } = recipe.forecast;
  const preset = horizon === 'day' ? 'day' : String(horizon);
  const listed = preset === 'day' || presets.some((item) => String(item.steps) === preset);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
      <Select
        label={t('form.target')}
        description={t('form.targetHint')}
        data={[
          {
            value: '',
            label: dataset?.target ? t('form.targetOf', { target: dataset.target }) : t('form.targetDefault'),
          },
          ...targets.map((name) => ({ value: name, label: name })),
        ]}
        value={recipe.data.target ?? ''}
        onChange={(value) => onEdit({ 'data.target': value === '' ? null : value })}
        allowDeselect={false}
        disabled={disabled}
      />
      {recipe.task === 'forecast' ? (
        <>
          <Select
            label={t('form.horizon')}
            description={t('form.horizonHint')}
            data={[
              { value: 'day', label: t('horizon.day') },
              ...presets.map((item) => ({ value: String(item.steps), label: t(`horizon.${item.id}`) })),
              { value: 'custom', label: t('horizon.custom') },
            ]}
            value={listed ? preset : 'custom'}
            onChange={(value) => {
              if (value === 'custom')
                onEdit({ 'forecast.horizon': typeof horizon === 'number' ? horizon + 1 : 24 });
              else if (value !== null)
                onEdit({ 'forecast.horizon': value === 'day' ? 'day' : Number(value) });
            }}
            allowDeselect={false}
            disabled={disabled}
          />
          {listed ? null : (
            <NumberField
              label={t('form.horizonSteps')}
              value={typeof horizon === 'number' ? horizon : null}
              min={1}
              integer
              disabled={disabled}
              onCommit={(value) => value !== null && onEdit({ 'forecast.horizon': value })}
            />
          )}
          <Select
            label={t('form.strategy')}
            description={t('form.strategyHint')}
            data={(['direct', 'recursive'] as const).map((value) => ({
              value,
              label: t(`form.strategies.${value}`),
            }))}
            value={recipe.forecast.strategy}
            onChange={(value) => onEdit({ 'forecast.strategy': value })}
            allowDeselect={false}
            disabled={disabled}
          />
        </>
      ) : null}
    </SimpleGrid>
  );
}

function TestPart({ recipe, disabled, onEdit }: PartProps) {
  const { t } = useTranslation('train');
  const { test, strategy } = recipe.split;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
      {typeof test === 'number' ? (
        <NumberField
          label={t('form.testShare')}
          description={t('form.testShareHint')}
          value={Math.round(test * 1000) / 10}
          min={1}
          max={90}
          disabled={disabled}
          onCommit={(value) => value !== null && onEdit({ 'split.test': value / 100 })}
        />
      ) : (
        <TextField
          label={t('form.testDate')}
          description={t('form.testDateHint')}
          value={test}
          disabled={disabled}
          onCommit={(value) => onEdit({ 'split.test': value })}
        />
      )}
      <Select
        label={t('form.window')}
        description={t('form.windowHint')}
        data={(['expanding', 'sliding'] as const).map((value) => ({
          value,
          label: t(`form.windows.${value}`),
        }))}
        value={strategy}
        onChange={(value) => onEdit({ 'split.strategy': value })}
        allowDeselect={false}
        disabled={disabled}
      />
    </SimpleGrid>
  );
}

/** Models whose trees can go on from those of a run. */
const boosted: readonly string[] = ['xgboost', 'lightgbm', 'catboost'];

function TrainingPart({ recipe, dataset, disabled, onEdit }: PartProps) {
  const { t } = useTranslation('train');
  const { weight, halfLifeDays, continueFrom } = recipe.training;
  const numbers = (dataset?.columns ?? [])
    .filter((column) => column.type === 'number' && column.name !== (recipe.data.target ?? dataset?.target))
    .map((column) => column.name);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
      <NumberField
        label={t('form.halfLife')}
        description={t('form.halfLifeHint')}
        placeholder={t('form.allAlike')}
        value={halfLifeDays}
        min={0}
        disabled={disabled}
        onCommit={(value) => onEdit({ 'training.halfLifeDays': value !== null && value > 0 ? value : null })}
      />
      <Select
        label={t('form.weight')}
        description={t('form.weightHint')}
        placeholder={t('form.allAlike')}
        data={weight === null || numbers.includes(weight) ? numbers : [weight, ...numbers]}
        value={weight}
        onChange={(value) => onEdit({ 'training.weight': value })}
        clearable
        clearButtonProps={{ 'aria-label': t('form.allAlike') }}
        disabled={disabled}
      />
      {boosted.includes(recipe.model.type) || continueFrom !== null ? (
        <TextField
          label={t('form.continueFrom')}
          description={t('form.continueFromHint')}
          placeholder={t('form.anew')}
          value={continueFrom ?? ''}
          disabled={disabled}
          onCommit={(text) => onEdit({ 'training.continueFrom': text.trim() === '' ? null : text.trim() })}
        />
      ) : null}
    </SimpleGrid>
  );
}

function FeaturePart({ recipe, dataset, disabled, onEdit }: PartProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { features, data } = recipe;
  const columns = (dataset?.columns ?? []).filter(
    (column) =>
      column.name !== (data.target ?? dataset?.target) &&
      ['covariate', 'category', 'label', 'load'].includes(column.kind),
  );
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames([format.language], { type: 'region' });
    return holidayCountries
      .map((code) => ({ value: code, label: names.of(code) ?? code }))
      .sort((a, b) => a.label.localeCompare(b.label, format.language));
  }, [format.language]);
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={500} mb={4} id="lags-label">
          {t('form.lags')}
        </Text>
        <SegmentedControl
          aria-labelledby="lags-label"
          data={[
            { value: 'auto', label: t('form.lagsAuto') },
            { value: 'own', label: t('form.lagsOwn') },
          ]}
          value={features.lags === 'auto' ? 'auto' : 'own'}
          onChange={(value) => onEdit({ 'features.lags': value === 'auto' ? 'auto' : [96, 672] })}
          disabled={disabled}
        />
        {features.lags === 'auto' ? null : (
          <TextField
            label={t('form.lagsList')}
            value={features.lags.join(', ')}
            disabled={disabled}
            onCommit={(text) => {
              const steps = stepsOf(text);
              if (steps) onEdit({ 'features.lags': steps });
            }}
          />
        )}
      </div>
      <Switch
        label={t('form.calendar')}
        description={t('form.calendarHint')}
        checked={features.calendar}
        disabled={disabled}
        onChange={(event) => onEdit({ 'features.calendar': event.currentTarget.checked })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
        <Select
          label={t('form.holidays')}
          description={t('form.holidaysHint')}
          placeholder={t('form.noHolidays')}
          data={countries}
          value={features.holidays.country}
          onChange={(value) => onEdit({ 'features.holidays.country': value })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('form.noHolidays') }}
          disabled={disabled}
        />
        <Select
          label={t('form.gaps')}
          description={t('form.gapsHint')}
          data={(['seasonal', 'interpolate', 'none'] as const).map((value) => ({
            value,
            label: t(`form.gapKinds.${value}`),
          }))}
          value={recipe.cleaning.gaps}
          onChange={(value) => onEdit({ 'cleaning.gaps': value })}
          allowDeselect={false}
          disabled={disabled}
        />
        <MultiSelect
          label={t('form.past')}
          description={t('form.pastHint')}
          data={columns.map((column) => column.name)}
          placeholder={data.pastCovariates.length === 0 ? t('form.noColumns') : ''}
          value={data.pastCovariates}
          onChange={(value) => onEdit({ 'data.pastCovariates': value })}
          disabled={disabled}
        />
        <MultiSelect
          label={t('form.known')}
          description={t('form.knownHint')}
          // a column that gives the target away cannot be known ahead
          data={columns.filter((column) => column.leakage === null).map((column) => column.name)}
          placeholder={data.knownCovariates.length === 0 ? t('form.noColumns') : ''}
          value={data.knownCovariates}
          onChange={(value) => onEdit({ 'data.knownCovariates': value })}
          disabled={disabled}
        />
      </SimpleGrid>
    </Stack>
  );
}
