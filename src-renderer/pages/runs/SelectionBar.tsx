/** @file What to do with the chosen runs; stays in sight while the list scrolls. */
import { Button, Group } from '@mantine/core';
import { IconChartHistogram, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOver } from '../../../src-preload/contract/runs.ts';
import { useReadOnly } from '../../stores/app.ts';
import { maxCompared } from '../../stores/compare.ts';
import { navigate } from '../../stores/router.ts';
import { runsStore, useRuns } from '../../stores/runs.ts';
import { ConfirmDialog } from '../../widgets/ConfirmDialog.tsx';
import { ReportMenu } from './ReportMenu.tsx';
import { useRunActions } from './use-run-actions.ts';
import classes from './runs.module.css';

export function SelectionBar({ ids }: { readonly ids: readonly string[] }) {
  const { t } = useTranslation('runs');
  const byId = useRuns((state) => state.byId);
  const readOnly = useReadOnly();
  const { remove } = useRunActions();
  const [asking, setAsking] = useState(false);
  const runs = ids.flatMap((id) => (byId[id] ? [byId[id]] : []));
  const done = runs.filter((run) => run.status === 'succeeded').map((run) => run.id);
  const removable = runs.filter((run) => isOver(run.status)).map((run) => run.id);
  return (
    <div className={classes['selection']} role="toolbar" aria-label={t('selection.label')}>
      <strong>{t('selection.count', { count: ids.length })}</strong>
      <Group gap="xs">
        <Button
          leftSection={<IconChartHistogram size={16} aria-hidden />}
          disabled={done.length < 2}
          onClick={() => navigate('compare', null, { ids: done.slice(0, maxCompared).join(',') })}
        >
          {t('action.compare')}
        </Button>
        <ReportMenu runIds={done} />
        <Button
          variant="default"
          leftSection={<IconTrash size={16} aria-hidden />}
          disabled={readOnly || removable.length === 0}
          onClick={() => setAsking(true)}
        >
          {t('action.delete')}
        </Button>
        <Button variant="subtle" onClick={() => runsStore.getState().select([])}>
          {t('selection.clear')}
        </Button>
      </Group>
      <ConfirmDialog
        opened={asking}
        title={t('delete.title', { count: removable.length })}
        confirm={t('action.delete')}
        danger
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void remove(removable);
        }}
      >
        {t('delete.text')}
      </ConfirmDialog>
    </div>
  );
}
