/** @file Forecast: choose, look, take away. */
import { Button, Skeleton, Stack } from '@mantine/core';
import { IconChartAreaLine, IconCrown, IconDatabase } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useDatasets, useSelectedDataset } from '../../stores/datasets.ts';
import { forecastsStore, useForecasts } from '../../stores/forecasts.ts';
import { useRecipesLoaded } from '../../stores/recipes.ts';
import { valueOf } from '../../stores/resource.ts';
import { navigate, useRoute } from '../../stores/router.ts';
import { useRuns } from '../../stores/runs.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { EarlierForecasts } from './EarlierForecasts.tsx';
import { ForecastSetup } from './ForecastSetup.tsx';
import { ForecastView } from './ForecastView.tsx';
import { usableRuns } from './forecast-choice.ts';
import classes from './forecast.module.css';

export default function ForecastPage() {
  const { t } = useTranslation('forecast');
  const { id, params } = useRoute();
  const dataset = useSelectedDataset();
  const datasets = useDatasets((state) => state.list);
  const byId = useRuns((state) => state.byId);
  const runsLoaded = useRuns((state) => state.loaded.status === 'ready');
  const current = useForecasts((state) => state.current);
  const list = useForecasts((state) => state.list);
  useRecipesLoaded();

  useEffect(() => {
    void forecastsStore.getState().load();
  }, []);
  useEffect(() => {
    if (id !== null) void forecastsStore.getState().open(id);
  }, [id]);

  const runs = useMemo(() => (dataset ? usableRuns(Object.values(byId), dataset.name) : []), [byId, dataset]);
  const shown = valueOf(current);
  // a forecast of another dataset stays when its address names it, and leaves when the dataset changes
  const forecast = shown && (shown.dataset === dataset?.name || shown.id === id) ? shown : null;
  const earlier = (valueOf(list) ?? []).filter((item) => dataset === null || item.dataset === dataset.name);
  const header = <PageHeader title={t('title')} hint={t('hint')} />;

  if (!dataset)
    return (
      <>
        {header}
        {datasets.status === 'failed' ? (
          <ErrorState error={datasets.error} />
        ) : datasets.status === 'ready' ? (
          <SectionCard>
            <EmptyState
              art={<IconDatabase size={44} stroke={1.3} />}
              title={t('noDataset.title')}
              action={<Button onClick={() => navigate('data')}>{t('noDataset.action')}</Button>}
            >
              {t('noDataset.text')}
            </EmptyState>
          </SectionCard>
        ) : (
          <Skeleton height={240} radius="md" />
        )}
      </>
    );
  if (runs.length === 0 && forecast === null)
    return (
      <>
        {header}
        {runsLoaded ? (
          <SectionCard>
            <EmptyState
              art={<IconCrown size={44} stroke={1.3} />}
              title={t('noModel.title')}
              action={<Button onClick={() => navigate('train')}>{t('noModel.action')}</Button>}
            >
              {t('noModel.text', { dataset: dataset.name })}
            </EmptyState>
          </SectionCard>
        ) : (
          <Skeleton height={240} radius="md" />
        )}
      </>
    );
  return (
    <>
      {header}
      <div className={classes['layout']}>
        <Stack gap="md" className={classes['side']}>
          <ForecastSetup
            key={dataset.name}
            dataset={dataset.latest}
            runs={runs}
            wantedRun={params['run'] ?? null}
          />
          <div className={classes['earlierCard']}>
            <EarlierForecasts list={earlier} current={forecast?.id ?? null} />
          </div>
        </Stack>
        <Stack gap="md" style={{ minWidth: 0 }}>
          {current.status === 'failed' ? <ErrorState error={current.error} title={t('failed')} /> : null}
          {forecast ? (
            <ForecastView key={forecast.id} forecast={forecast} busy={current.status === 'loading'} />
          ) : current.status === 'loading' ? (
            <Skeleton height={460} radius="md" aria-label={t('working')} />
          ) : (
            <SectionCard>
              <EmptyState art={<IconChartAreaLine size={44} stroke={1.3} />} title={t('start.title')}>
                {t('start.text')}
              </EmptyState>
            </SectionCard>
          )}
        </Stack>
      </div>
    </>
  );
}
