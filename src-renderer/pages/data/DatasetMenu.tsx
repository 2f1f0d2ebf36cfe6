/** @file What can be done with a whole dataset besides looking at it. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconSparkles, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetSummary } from '../../../src-preload/contract/index.ts';
import { useReadOnly } from '../../stores/app.ts';
import { call } from '../../stores/client.ts';
import { datasetsStore } from '../../stores/datasets.ts';
import { importFlow } from '../../stores/import-flow.ts';
import { ConfirmDialog } from '../../widgets/ConfirmDialog.tsx';
import { notifyError } from '../../widgets/notify.ts';

export function DatasetMenu({ dataset }: { readonly dataset: DatasetSummary }) {
  const { t } = useTranslation('data');
  const readOnly = useReadOnly();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await call('datasets.delete', { dataset: dataset.name });
      await datasetsStore.getState().load();
    } catch (thrown) {
      notifyError(t('delete.failed'), thrown);
    } finally {
      setBusy(false);
      setAsking(false);
    }
  };

  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('view.more')}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconSparkles size={16} />}
            disabled={readOnly}
            onClick={() => void importFlow.getState().sample()}
          >
            {t('import.sample')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={16} />}
            disabled={readOnly}
            c="var(--vc-bad)"
            onClick={() => setAsking(true)}
          >
            {t('delete.action')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asking}
        title={t('delete.title', { dataset: dataset.name })}
        confirm={t('common:action.delete')}
        danger
        busy={busy}
        onConfirm={() => void remove()}
        onClose={() => setAsking(false)}
      >
        {t('delete.text', { count: dataset.versions, runs: dataset.runs })}
      </ConfirmDialog>
    </>
  );
}
