/** @file Narrowing the list: by text, status, experiment, dataset. */
import { Button, Group, Select, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { runStatuses } from '../../../src-preload/contract/runs.ts';
import type { RunStatus } from '../../../src-preload/contract/index.ts';
import { runsStore, useRuns } from '../../stores/runs.ts';
import { countByStatus, noFilter } from '../../stores/runs-list.ts';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './runs.module.css';

const distinct = (values: readonly string[]): string[] =>
  [...new Set(values)].sort((a, b) => a.localeCompare(b));

export function RunFilters({
  shown,
  total,
  cut,
}: {
  readonly shown: number;
  readonly total: number;
  /** true: the workspace holds more than is listed */
  readonly cut: boolean;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const byId = useRuns((state) => state.byId);
  const filter = useRuns((state) => state.filter);
  const { setFilter } = runsStore.getState();
  const { counts, experiments, datasets } = useMemo(() => {
    const runs = Object.values(byId);
    return {
      counts: countByStatus(runs),
      experiments: distinct(runs.map((run) => run.experiment)),
      datasets: distinct(runs.map((run) => run.dataset)),
    };
  }, [byId]);
  const any =
    filter.status !== null || filter.experiment !== null || filter.dataset !== null || filter.text !== '';

  return (
    <div className={classes['filters']}>
      <TextInput
        aria-label={t('filter.text')}
        placeholder={t('filter.text')}
        leftSection={<IconSearch size={15} aria-hidden />}
        value={filter.text}
        onChange={(event) => setFilter({ text: event.currentTarget.value })}
        w={220}
      />
      <Select
        aria-label={t('filter.status')}
        placeholder={t('filter.status')}
        data={runStatuses
          .filter((status) => counts[status] > 0 || status === filter.status)
          .map((status) => ({
            value: status,
            label: `${t(`common:status.${status}`)} (${format.integer(counts[status])})`,
          }))}
        value={filter.status}
        onChange={(value) => setFilter({ status: value as RunStatus | null })}
        clearable
        w={180}
      />
      {experiments.length > 1 || filter.experiment !== null ? (
        <Select
          aria-label={t('filter.experiment')}
          placeholder={t('filter.experiment')}
          data={experiments}
          value={filter.experiment}
          onChange={(experiment) => setFilter({ experiment })}
          searchable
          clearable
          w={200}
        />
      ) : null}
      {datasets.length > 1 || filter.dataset !== null ? (
        <Select
          aria-label={t('filter.dataset')}
          placeholder={t('filter.dataset')}
          data={datasets}
          value={filter.dataset}
          onChange={(dataset) => setFilter({ dataset })}
          searchable
          clearable
          w={180}
        />
      ) : null}
      {any ? (
        <Button
          variant="subtle"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => setFilter(noFilter)}
        >
          {t('filter.clear')}
        </Button>
      ) : null}
      <Group ml="auto" className={classes['count']} role="status">
        {shown === total
          ? t('filter.all', { count: total, total: format.integer(total) })
          : t('filter.some', { shown: format.integer(shown), total: format.integer(total) })}
        {cut ? ` · ${t('filter.cut')}` : ''}
      </Group>
    </div>
  );
}
