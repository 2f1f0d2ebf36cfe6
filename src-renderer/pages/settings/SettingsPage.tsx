/** @file Settings, the state of the workspace and of this machine. */
import { Button, NumberInput, SegmentedControl, Select, Skeleton, Stack } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useId, useMemo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../src-preload/contract/index.ts';
import { useApp, useReadOnly } from '../../stores/app.ts';
import { valueOf } from '../../stores/resource.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { notifyError } from '../../widgets/notify.ts';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { holidayCountries } from './countries.ts';
import { FoundationModelsCard } from './FoundationModelsCard.tsx';
import { ImportedModelsCard } from './ImportedModelsCard.tsx';
import { ChecksCard, MachineCard, WorkspaceCard } from './SystemCards.tsx';
import classes from './settings.module.css';
import { ShortcutsCard } from './ShortcutsCard.tsx';

/** A setting: its name and what it does on the left, the control on the right. */
function Row({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint: string;
  readonly children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={classes['row']}>
      <div className={classes['rowText']} id={id}>
        <span>{label}</span>
        <p>{hint}</p>
      </div>
      <div className={classes['rowControl']}>{children(id)}</div>
    </div>
  );
}

function useChange(): (changed: Partial<Settings>) => void {
  const { t } = useTranslation('settings');
  const change = useApp((state) => state.change);
  return (changed) => {
    change(changed).catch((thrown: unknown) => notifyError(t('failed'), thrown));
  };
}

function Appearance() {
  const { t } = useTranslation('settings');
  const { language, theme } = useApp((state) => state.settings);
  const change = useChange();
  return (
    <SectionCard title={t('appearance.title')}>
      <Row label={t('appearance.language')} hint={t('appearance.languageHint')}>
        {(id) => (
          <Select
            aria-labelledby={id}
            value={language}
            allowDeselect={false}
            onChange={(value) => {
              if (value === 'system' || value === 'en' || value === 'es') change({ language: value });
            }}
            data={[
              { value: 'system', label: t('appearance.system') },
              { value: 'en', label: 'English' },
              { value: 'es', label: 'Español' },
            ]}
          />
        )}
      </Row>
      <Row label={t('appearance.theme')} hint={t('appearance.themeHint')}>
        {(id) => (
          <SegmentedControl
            aria-labelledby={id}
            fullWidth
            value={theme}
            onChange={(value) => {
              if (value === 'system' || value === 'light' || value === 'dark') change({ theme: value });
            }}
            data={['system', 'light', 'dark'].map((value) => ({ value, label: t(`appearance.${value}`) }))}
          />
        )}
      </Row>
    </SectionCard>
  );
}

function Training() {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const { parallelRuns, country } = useApp((state) => state.settings);
  const cores = useApp((state) => valueOf(state.system)?.platform.physicalCores ?? null);
  const readOnly = useReadOnly();
  const change = useChange();
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames(format.language, { type: 'region', fallback: 'code' });
    return holidayCountries
      .map((code) => ({ value: code, label: names.of(code) ?? code }))
      .toSorted((a, b) => a.label.localeCompare(b.label, format.language));
  }, [format.language]);
  return (
    <SectionCard title={t('training.title')}>
      <Row
        label={t('training.parallel')}
        hint={cores === null ? t('training.parallelHint') : t('training.parallelCores', { count: cores })}
      >
        {(id) => (
          <NumberInput
            aria-labelledby={id}
            value={parallelRuns}
            min={1}
            max={64}
            clampBehavior="strict"
            allowDecimal={false}
            disabled={readOnly}
            onChange={(value) => {
              if (typeof value === 'number' && value >= 1 && value <= 64) change({ parallelRuns: value });
            }}
          />
        )}
      </Row>
      <Row label={t('training.country')} hint={t('training.countryHint')}>
        {(id) => (
          <Select
            aria-labelledby={id}
            placeholder={t('training.noCountry')}
            data={countries}
            value={country}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('training.noCountry') }}
            disabled={readOnly}
            nothingFoundMessage={t('common:nothingFound')}
            onChange={(value) => change({ country: value })}
          />
        )}
      </Row>
    </SectionCard>
  );
}

export default function SettingsPage() {
  const { t } = useTranslation('settings');
  const system = useApp((state) => state.system);
  const reload = useApp((state) => state.loadSystem);
  const info = valueOf(system);
  return (
    <>
      <PageHeader
        title={t('title')}
        hint={info ? t('hint', { version: info.version }) : undefined}
        actions={
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={system.status === 'loading'}
            onClick={() => void reload()}
          >
            {t('checkAgain')}
          </Button>
        }
      />
      <div className={classes['columns']}>
        <Stack gap="md">
          <Appearance />
          <Training />
          <FoundationModelsCard />
          <ImportedModelsCard />
          <ShortcutsCard />
        </Stack>
        <Stack gap="md">
          {system.status === 'failed' ? (
            <ErrorState error={system.error} onRetry={() => void reload()} />
          ) : null}
          {info ? (
            <>
              <WorkspaceCard info={info} />
              <MachineCard info={info} />
              <ChecksCard info={info} />
            </>
          ) : system.status === 'failed' ? null : (
            <Skeleton h={420} />
          )}
        </Stack>
      </div>
    </>
  );
}
