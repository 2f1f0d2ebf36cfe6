/** @file All runs, live: filter, sort, select, compare. */
import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconTimelineEvent } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadOnly } from '../../stores/app.ts';
import { useRecipesLoaded } from '../../stores/recipes.ts';
import { navigate, useRoute } from '../../stores/router.ts';
import { activeRuns, maxRuns, runsStore, useRuns } from '../../stores/runs.ts';
import { noFilter, overallProgress, visibleRuns } from '../../stores/runs-list.ts';
import { ConfirmDialog } from '../../widgets/ConfirmDialog.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { ProgressWithEta } from '../../widgets/ProgressWithEta.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { RunFilters } from './RunFilters.tsx';
import { RunTable } from './RunTable.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { useRunActions } from './use-run-actions.ts';

export function RunListPage() {
  const { t } = useTranslation('runs');
  const { params } = useRoute();
  const { byId, loaded, total, filter, order, selected } = useRuns((state) => state);
  const readOnly = useReadOnly();
  const actions = useRunActions();
  const [asking, setAsking] = useState(false);
  useRecipesLoaded();

  // a link such as #/runs?experiment=steel sets the filter; the filter stays the user's afterwards
  const { experiment, dataset, status } = params;
  useEffect(() => {
    if (experiment === undefined && dataset === undefined && status === undefined) return;
    runsStore.getState().setFilter({
      ...noFilter,
      experiment: experiment ?? null,
      dataset: dataset ?? null,
    });
  }, [experiment, dataset, status]);

  const rows = useMemo(() => visibleRuns(byId, filter, order), [byId, filter, order]);
  const active = useMemo(() => activeRuns(byId), [byId]);
  const progress = useMemo(() => overallProgress(active), [active]);
  const known = Object.keys(byId).length;

  const header = (
    <PageHeader
      title={t('title')}
      hint={t('hint')}
      actions={
        <Group gap="sm">
          {active.length > 0 ? (
            <Button
              variant="default"
              leftSection={<IconPlayerStop size={16} aria-hidden />}
              disabled={readOnly}
              onClick={() => setAsking(true)}
            >
              {t('action.cancelAll')}
            </Button>
          ) : null}
          <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => navigate('train')}>
            {t('action.train')}
          </Button>
        </Group>
      }
    />
  );

  if (loaded.status === 'failed' && known === 0)
    return (
      <>
        {header}
        <ErrorState error={loaded.error} onRetry={() => void runsStore.getState().load()} />
      </>
    );
  if (known === 0 && loaded.status !== 'ready')
    return (
      <>
        {header}
        <Stack gap="xs" aria-busy aria-label={t('loading')}>
          {Array.from({ length: 7 }, (_, i) => (
            <Skeleton key={i} height={48} radius="md" />
          ))}
        </Stack>
      </>
    );
  if (known === 0)
    return (
      <>
        {header}
        <SectionCard>
          <EmptyState
            art={<IconTimelineEvent size={44} stroke={1.3} />}
            title={t('empty.title')}
            action={<Button onClick={() => navigate('train')}>{t('action.train')}</Button>}
          >
            {t('empty.text')}
          </EmptyState>
        </SectionCard>
      </>
    );

  return (
    <Stack gap="md">
      <div style={{ marginBottom: '-0.5rem' }}>{header}</div>
      {progress ? (
        <SectionCard>
          <ProgressWithEta
            label={t('progress.label')}
            fraction={progress.fraction}
            etaMs={progress.etaMs}
            message={t('progress.text', { count: progress.active })}
          />
        </SectionCard>
      ) : null}
      <RunFilters shown={rows.length} total={total} cut={total > maxRuns} />
      <RunTable rows={rows} order={order} selected={selected} />
      {selected.size > 0 ? <SelectionBar ids={[...selected]} /> : null}
      <ConfirmDialog
        opened={asking}
        title={t('cancelAll.title')}
        confirm={t('action.cancelAll')}
        danger
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void actions.cancelAll();
        }}
      >
        {t('cancelAll.text', { count: active.length })}
      </ConfirmDialog>
    </Stack>
  );
}
