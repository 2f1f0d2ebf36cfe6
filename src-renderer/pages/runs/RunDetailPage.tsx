/** @file One run: what it is doing, how good it is, and what to do with it. */
import { Button, Skeleton, Stack, Tabs } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StepId } from '../../../src-preload/contract/index.ts';
import { isOver } from '../../../src-preload/contract/runs.ts';
import { stepName } from '../../../src-preload/contract/step-names.ts';
import { call } from '../../stores/client.ts';
import { useDatasets } from '../../stores/datasets.ts';
import { listen } from '../../stores/events.ts';
import { useRecipesLoaded } from '../../stores/recipes.ts';
import { valueOf } from '../../stores/resource.ts';
import { navigate } from '../../stores/router.ts';
import { runsStore } from '../../stores/runs.ts';
import { createRunViewStore } from '../../stores/runs-view.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { isoDurationMs } from '../../widgets/format.ts';
import { ProgressWithEta } from '../../widgets/ProgressWithEta.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { LogView } from './LogView.tsx';
import { RunExplain } from './RunExplain.tsx';
import { RunFiles } from './RunFiles.tsx';
import { RunHeader } from './RunHeader.tsx';
import { RunRecipe } from './RunRecipe.tsx';
import { RunResults } from './RunResults.tsx';
import { StepGraph } from './StepGraph.tsx';
import { TrainingCard } from './TrainingCard.tsx';

const tabs = ['results', 'explain', 'logs', 'recipe', 'files'] as const;
type TabId = (typeof tabs)[number];

export function RunDetailPage({ id }: { readonly id: string }) {
  const { t } = useTranslation(['runs', 'common']);
  const [store] = useState(() => createRunViewStore(call, id, runsStore.getState().curves[id] ?? {}));
  useEffect(() => {
    void store.getState().load();
    return listen((events) => store.getState().hear(events));
  }, [store]);
  useRecipesLoaded();
  const state = useStore(store);
  const view = valueOf(state.view);
  const [chosenTab, setTab] = useState<TabId | null>(null);
  const [step, setStep] = useState<StepId | null>(null);
  const dataset = view?.run.dataset;
  const version = useDatasets(
    (all) => valueOf(all.list)?.find((item) => item.name === dataset)?.latest ?? null,
  );
  const stepMs = useMemo(() => {
    const ms = version ? isoDurationMs(version.frequency) : Number.NaN;
    return Number.isNaN(ms) ? null : ms;
  }, [version]);

  if (view === null)
    return state.view.status === 'failed' ? (
      <Stack>
        <BackLink />
        <ErrorState error={state.view.error} onRetry={() => void store.getState().load()} />
      </Stack>
    ) : (
      <Stack aria-busy aria-label={t('loading')}>
        <Skeleton height={64} radius="md" />
        <Skeleton height={110} radius="md" />
        <Skeleton height={320} radius="md" />
      </Stack>
    );

  const { run } = view;
  if (view.deleted)
    return (
      <SectionCard>
        <EmptyState
          title={t('gone.title')}
          action={<Button onClick={() => navigate('runs')}>{t('backToRuns')}</Button>}
        >
          {t('gone.text')}
        </EmptyState>
      </SectionCard>
    );

  const tab = chosenTab ?? (run.status === 'succeeded' ? 'results' : 'logs');
  const openLogs = (which: StepId | null): void => {
    setStep(which);
    setTab('logs');
  };
  const active = !isOver(run.status);
  const nameOf = (id: StepId): string => {
    const message = run.steps.find((one) => one.id === id)?.message ?? null;
    return t(`common:step.${stepName(id, run.modelType, message)}`);
  };
  return (
    <Stack gap="md">
      <div>
        <BackLink />
        <RunHeader run={run} stepMs={stepMs} onEditRecipe={() => setTab('recipe')} />
      </div>
      <SectionCard>
        {active ? (
          <div style={{ marginBottom: '1rem' }}>
            <ProgressWithEta
              label={t('progress.label')}
              fraction={run.fraction}
              etaMs={run.etaMs}
              message={
                run.status === 'queued'
                  ? t('progress.queued')
                  : run.currentStep
                    ? nameOf(run.currentStep)
                    : null
              }
            />
          </div>
        ) : null}
        <StepGraph
          steps={run.steps}
          modelType={run.modelType}
          selected={tab === 'logs' ? step : null}
          onSelect={openLogs}
        />
      </SectionCard>
      {run.error ? (
        <ErrorState
          error={run.error}
          title={
            run.currentStep
              ? t('failedAt', { step: nameOf(run.currentStep) })
              : t(`common:status.${run.status}`)
          }
        />
      ) : null}
      {active && Object.keys(view.curves).length > 0 ? <TrainingCard curves={view.curves} /> : null}
      <Tabs value={tab} onChange={(value) => setTab(value as TabId)} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="results">
          <RunResults
            run={run}
            diagnostics={state.diagnostics}
            liveCurves={view.curves}
            zone={version?.timezone ?? 'UTC'}
            stepMs={stepMs}
            onRetry={() => void store.getState().loadDiagnostics()}
          />
        </Tabs.Panel>
        <Tabs.Panel value="explain">
          <RunExplain run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          <LogView lines={view.logs} modelType={run.modelType} step={step} onStep={setStep} live={active} />
        </Tabs.Panel>
        <Tabs.Panel value="recipe">
          <RunRecipe run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="files">
          <RunFiles run={run} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function BackLink() {
  const { t } = useTranslation('runs');
  return (
    <Button
      component="a"
      href="#/runs"
      variant="subtle"
      size="compact-sm"
      ml={-8}
      mb={4}
      leftSection={<IconArrowLeft size={15} aria-hidden />}
    >
      {t('backToRuns')}
    </Button>
  );
}
