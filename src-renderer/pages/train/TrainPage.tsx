/** @file Train: one button for everybody, cards and recipes for those who want to choose. */
import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { IconDatabase, IconPlayerPlay } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetSummary } from '../../../src-preload/contract/index.ts';
import { useReadOnly } from '../../stores/app.ts';
import { useDatasets, useSelectedDataset } from '../../stores/datasets.ts';
import { recipesStore, recipesToStart, useRecipes, useRecipesLoaded } from '../../stores/recipes.ts';
import { valueOf } from '../../stores/resource.ts';
import { navigate } from '../../stores/router.ts';
import { useCall } from '../../stores/use-call.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { isoDurationMs } from '../../widgets/format.ts';
import { Notice } from '../../widgets/Notice.tsx';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { defaultHorizon, testValue } from './horizon.ts';
import { ModelCards } from './ModelCards.tsx';
import { RecipeDrawer } from './RecipeDrawer.tsx';
import { TrainHero } from './TrainHero.tsx';
import type { TrainChoice } from './TrainHero.tsx';
import { useCard } from './use-card.ts';
import { useStartTraining } from './use-start-training.ts';
import classes from './train.module.css';

export default function TrainPage() {
  const { t } = useTranslation('train');
  const dataset = useSelectedDataset();
  const datasets = useDatasets((state) => state.list);
  useRecipesLoaded();
  if (dataset)
    return (
      <>
        <PageHeader title={t('title')} hint={t('hint')} />
        <TrainBody key={`${dataset.name}/${dataset.latest.version}`} dataset={dataset} />
      </>
    );
  return (
    <>
      <PageHeader title={t('title')} hint={t('hint')} />
      {datasets.status === 'failed' ? (
        <ErrorState error={datasets.error} />
      ) : datasets.status === 'ready' ? (
        <SectionCard>
          <EmptyState
            art={<IconDatabase size={44} stroke={1.3} />}
            title={t('empty.title')}
            action={<Button onClick={() => navigate('data')}>{t('empty.action')}</Button>}
          >
            {t('empty.text')}
          </EmptyState>
        </SectionCard>
      ) : (
        <Skeleton height={220} radius="md" />
      )}
    </>
  );
}

function TrainBody({ dataset }: { readonly dataset: DatasetSummary }) {
  const { t } = useTranslation('train');
  const version = dataset.latest;
  const stepMs = isoDurationMs(version.frequency);
  const list = useRecipes((state) => state.list);
  const selected = useRecipes((state) => state.selected);
  const drafts = useRecipes((state) => state.drafts);
  const readOnly = useReadOnly();
  const { start, busy } = useStartTraining();
  const [choice, setChoice] = useState<TrainChoice>(() => ({
    horizon: defaultHorizon(stepMs),
    customHorizon: false,
    test: { kind: 'share', share: 0.2 },
    thorough: null,
  }));
  const hasCard = useCard();
  const cards = useMemo(() => valueOf(list) ?? [], [list]);
  const [portfolio, reloadPortfolio] = useCall('recipes.portfolio', {
    dataset: version.dataset,
    version: version.version,
  });
  const fitting = valueOf(portfolio);
  const thorough = (choice.thorough ?? hasCard) && fitting !== null && fitting.thorough.length > 0;
  const common = { dataset: version.dataset, horizon: choice.horizon, test: testValue(choice.test) };
  const chosen = cards.filter((card) => selected.has(card.name)).map((card) => card.name);

  if (version.target === null)
    return (
      <Notice
        tone="warn"
        title={t('noTarget.title')}
        actions={<Button onClick={() => navigate('data')}>{t('noTarget.action')}</Button>}
      >
        <p>{t('noTarget.text')}</p>
      </Notice>
    );
  return (
    <Stack gap="lg">
      <TrainHero
        dataset={version}
        stepMs={stepMs}
        choice={choice}
        onChoice={setChoice}
        fitting={fitting}
        thorough={thorough}
        busy={busy}
        disabled={readOnly}
        onStart={() => void start({ ...common, portfolio: true, thorough })}
      />
      {portfolio.status === 'failed' ? (
        <ErrorState error={portfolio.error} onRetry={reloadPortfolio} />
      ) : null}
      {list.status === 'failed' ? (
        <ErrorState error={list.error} onRetry={() => void recipesStore.getState().load()} />
      ) : null}
      {cards.length > 0 ? (
        <ModelCards list={cards} />
      ) : list.status === 'loading' ? (
        <div className={classes['cards']} aria-busy>
          {Array.from({ length: 6 }, (_, i) => (
            <Skeleton key={i} height={132} radius="md" />
          ))}
        </div>
      ) : null}
      {chosen.length > 0 ? (
        <div className={classes['bar']} role="toolbar" aria-label={t('bar.label')}>
          <div>
            <strong>{t('bar.count', { count: chosen.length })}</strong>
            <p>{t('bar.hint')}</p>
          </div>
          <Group gap="xs">
            <Button
              loading={busy}
              disabled={readOnly}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() =>
                void start({ ...common, recipes: recipesToStart(chosen, drafts) }).then(
                  (ok) => ok && recipesStore.getState().selectOnly([]),
                )
              }
            >
              {t('bar.start', { count: chosen.length })}
            </Button>
            <Button variant="subtle" onClick={() => recipesStore.getState().selectOnly([])}>
              {t('bar.clear')}
            </Button>
          </Group>
        </div>
      ) : null}
      <RecipeDrawer dataset={version} />
    </Stack>
  );
}
