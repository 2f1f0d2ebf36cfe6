/** @file Compare: which runs, who is best at what, whether the difference is real, and where they differ. */
import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconChartHistogram, IconPlus } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { suggestRuns } from '../../charts/compare-shapes.ts';
import { compareStore, useCompare } from '../../stores/compare.ts';
import { useSelectedDataset } from '../../stores/datasets.ts';
import { useRecipesLoaded } from '../../stores/recipes.ts';
import { valueOf } from '../../stores/resource.ts';
import { navigate, useRoute } from '../../stores/router.ts';
import { runsStore, useRuns } from '../../stores/runs.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { Notice } from '../../widgets/Notice.tsx';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { ReportMenu } from '../runs/ReportMenu.tsx';
import { CombineButton } from './CombineDialog.tsx';
import { CompareChartCards } from './CompareChartCards.tsx';
import { Leaderboard } from './Leaderboard.tsx';
import { ParamsTable } from './ParamsTable.tsx';
import { RunPicker } from './RunPicker.tsx';

export default function ComparePage() {
  const { t } = useTranslation('compare');
  const { params } = useRoute();
  const dataset = useSelectedDataset();
  const byId = useRuns((state) => state.byId);
  const loaded = useRuns((state) => state.loaded);
  const ids = useCompare((state) => state.ids);
  const resource = useCompare((state) => state.comparison);
  const [picking, setPicking] = useState(false);
  useRecipesLoaded();

  // the address first; else what was compared before; else the newest backtest of the dataset in use
  const wanted = params['ids'];
  const runsThere = loaded.status === 'ready';
  useEffect(() => {
    if (wanted !== undefined) void compareStore.getState().setIds(wanted.split(',').filter(Boolean));
    else if (runsThere && compareStore.getState().ids.length === 0)
      void compareStore
        .getState()
        .setIds(suggestRuns(Object.values(runsStore.getState().byId), dataset?.name ?? null));
  }, [wanted, runsThere, dataset?.name]);

  const comparison = valueOf(resource);
  const finished = useMemo(() => Object.values(byId).filter((run) => run.status === 'succeeded'), [byId]);
  const choose = (next: readonly string[]): void => navigate('compare', null, { ids: next.join(',') });

  const header = (
    <PageHeader
      title={t('title')}
      hint={t('hint')}
      actions={
        finished.length > 0 ? (
          <Group gap="sm">
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setPicking(true)}
            >
              {t('choose')}
            </Button>
            <CombineButton ids={comparison?.runs.map((run) => run.id) ?? []} />
            <ReportMenu runIds={comparison?.runs.map((run) => run.id) ?? []} />
          </Group>
        ) : null
      }
    />
  );
  const picker = (
    <RunPicker
      opened={picking}
      runs={finished}
      ids={ids}
      onClose={() => setPicking(false)}
      onChoose={(next) => {
        setPicking(false);
        choose(next);
      }}
    />
  );

  if (ids.length === 0 && finished.length === 0 && (runsThere || loaded.status === 'failed'))
    return (
      <>
        {header}
        <SectionCard>
          <EmptyState
            art={<IconChartHistogram size={44} stroke={1.3} />}
            title={t('empty.title')}
            action={<Button onClick={() => navigate('train')}>{t('empty.action')}</Button>}
          >
            {t('empty.text')}
          </EmptyState>
        </SectionCard>
      </>
    );
  if (ids.length === 0 && runsThere)
    return (
      <>
        {header}
        <SectionCard>
          <EmptyState
            art={<IconChartHistogram size={44} stroke={1.3} />}
            title={t('nothing.title')}
            action={<Button onClick={() => setPicking(true)}>{t('choose')}</Button>}
          >
            {t('nothing.text')}
          </EmptyState>
        </SectionCard>
        {picker}
      </>
    );
  return (
    <>
      {header}
      <Stack gap="md">
        {resource.status === 'failed' ? (
          <ErrorState error={resource.error} onRetry={() => void compareStore.getState().reload()} />
        ) : null}
        {comparison ? (
          <>
            {comparison.sameSplit ? null : (
              <Notice tone="warn" title={t('split.title')}>
                <p>{t('split.text')}</p>
              </Notice>
            )}
            <Leaderboard
              comparison={comparison}
              onRemove={(id) => choose(ids.filter((other) => other !== id))}
            />
            <CompareChartCards comparison={comparison} />
            <ParamsTable comparison={comparison} />
          </>
        ) : resource.status === 'failed' ? null : (
          <Stack aria-busy aria-label={t('loading')}>
            <Skeleton height={260} radius="md" />
            <Skeleton height={320} radius="md" />
          </Stack>
        )}
      </Stack>
      {picker}
    </>
  );
}
