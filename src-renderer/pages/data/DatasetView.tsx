/** @file One dataset: its figures, its curve, its habits, its columns and what was done to it. */
import { Button, Group, Select, Skeleton, Stack } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetSummary, Output } from '../../../src-preload/contract/index.ts';
import { call } from '../../stores/client.ts';
import { datasetsStore } from '../../stores/datasets.ts';
import { navigate } from '../../stores/router.ts';
import { valueOf } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { notifyError, notifyGood } from '../../widgets/notify.ts';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { ColumnTable } from './ColumnTable.tsx';
import { CurveCard } from './CurveCard.tsx';
import classes from './data.module.css';
import { DatasetMenu } from './DatasetMenu.tsx';
import { FileChoice } from './FileChoice.tsx';
import { targetChoices } from './import-view.ts';
import { LeakageNotice } from './Leakage.tsx';
import { QualityCard, RepairsCard, VersionsCard, WarningsCard } from './QualityCards.tsx';
import { HeatCard, ShapeCard } from './ShapeCards.tsx';
import { SummaryCard } from './SummaryCard.tsx';

export type DatasetDetail = Output<'datasets.get'>;

function Body({
  detail,
  onVersion,
  onChanged,
}: {
  readonly detail: DatasetDetail;
  readonly onVersion: (version: number) => void;
  readonly onChanged: () => void;
}) {
  const { t } = useTranslation('data');
  const [column, setColumn] = useState<string | null>(null);
  const [series, setSeries] = useState<string | undefined>(detail.series[0]);
  const choices = targetChoices(detail.columns);
  const shown = column ?? detail.target ?? choices[0]?.name ?? null;

  const setTarget = async (target: string): Promise<void> => {
    try {
      await call('datasets.setTarget', { dataset: detail.dataset, target });
      notifyGood(t('target.changed', { target }));
      setColumn(null);
      onChanged();
      void datasetsStore.getState().load();
    } catch (thrown) {
      notifyError(t('target.failed'), thrown);
    }
  };

  const pickers = (
    <Group gap="xs">
      {detail.series.length > 1 ? (
        <Select
          size="xs"
          aria-label={t('series.select')}
          data={detail.series}
          value={series ?? null}
          onChange={(name) => name && setSeries(name)}
          allowDeselect={false}
          searchable
          w={180}
        />
      ) : null}
      <Select
        size="xs"
        aria-label={t('column.select')}
        data={choices.map((c) => c.name)}
        value={shown}
        onChange={(name) => name && setColumn(name)}
        allowDeselect={false}
        w={240}
      />
    </Group>
  );

  return (
    <Stack gap="md">
      <SummaryCard detail={detail} onTarget={(target) => void setTarget(target)} />
      <LeakageNotice columns={detail.columns} target={detail.target} />
      {shown ? <CurveCard detail={detail} column={shown} series={series} actions={pickers} /> : null}
      {shown ? (
        <div className={classes['twoUp']}>
          <HeatCard detail={detail} column={shown} series={series} />
          <ShapeCard detail={detail} column={shown} />
        </div>
      ) : null}
      <ColumnTable detail={detail} onTarget={(target) => void setTarget(target)} />
      <div className={classes['twoUp']} data-align="start">
        <Stack gap="md">
          <RepairsCard detail={detail} />
          <QualityCard detail={detail} />
        </Stack>
        <Stack gap="md">
          <VersionsCard detail={detail} onVersion={onVersion} />
          <WarningsCard detail={detail} />
        </Stack>
      </div>
    </Stack>
  );
}

export function DatasetView({ dataset }: { readonly dataset: DatasetSummary }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [version, setVersion] = useState<number | null>(null);
  const shown = version ?? dataset.latest.version;
  const [state, reload] = useCall('datasets.get', { dataset: dataset.name, version: shown });
  const detail = valueOf(state);
  const { source, importedAt } = dataset.latest;

  return (
    <>
      <PageHeader
        title={dataset.name}
        hint={t('view.hint', {
          file: source.file.split(/[\\/]/).pop(),
          size: format.bytes(source.bytes),
          date: format.dateTime(importedAt),
        })}
        actions={
          <Group gap="xs">
            <FileChoice variant="default" />
            <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => navigate('train')}>
              {t('view.train')}
            </Button>
            <DatasetMenu dataset={dataset} />
          </Group>
        }
      />
      {state.status === 'failed' ? <ErrorState error={state.error} onRetry={reload} /> : null}
      {detail ? (
        <Body detail={detail} onVersion={setVersion} onChanged={reload} />
      ) : state.status === 'failed' ? null : (
        <Stack>
          <Skeleton h={110} />
          <Skeleton h={380} />
        </Stack>
      )}
    </>
  );
}
