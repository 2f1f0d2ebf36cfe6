/** @file Data: bring a file in, see what it holds, know what is wrong with it. */
import { Skeleton, Stack } from '@mantine/core';
import { useDatasets, useSelectedDataset } from '../../stores/datasets.ts';
import { useImportFlow } from '../../stores/import-flow.ts';
import { valueOf } from '../../stores/resource.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { DatasetView } from './DatasetView.tsx';
import { FirstStart } from './FirstStart.tsx';
import { ImportDialog } from './ImportDialog.tsx';

export default function DataPage() {
  const list = useDatasets((state) => state.list);
  const load = useDatasets((state) => state.load);
  const selected = useSelectedDataset();
  const dialog = useImportFlow((flow) => flow.state.phase !== 'closed');

  return (
    <>
      {list.status === 'failed' ? <ErrorState error={list.error} onRetry={() => void load()} /> : null}
      {selected ? (
        <DatasetView key={selected.name} dataset={selected} />
      ) : valueOf(list) ? (
        <FirstStart />
      ) : list.status === 'failed' ? null : (
        <Stack>
          <Skeleton h={40} w={320} />
          <Skeleton h={110} />
          <Skeleton h={380} />
        </Stack>
      )}
      {dialog ? <ImportDialog /> : null}
    </>
  );
}
