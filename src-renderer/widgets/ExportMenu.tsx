/** @file Hands over a model, of a run or imported, in the format that is chosen. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { treeFormats } from '../../src-preload/contract/model-files.ts';
import type { ExportFormat, ModelType } from '../../src-preload/contract/index.ts';
import { call, download } from '../stores/client.ts';
import { notifyError } from './notify.ts';

const treeModels: ReadonlySet<string> = new Set<ModelType>([
  'xgboost',
  'lightgbm',
  'catboost',
  'random_forest',
  'extra_trees',
  'decision_tree',
]);

/** Their weights are a checkpoint that chronos-forecasting reads. */
const checkpoints: ReadonlySet<string> = new Set<ModelType>(['chronos2_finetuned', 'chronos2_covariates']);

export function ExportMenu({
  id,
  modelType,
  size,
}: {
  /** of a run, or the name of an imported model */
  readonly id: string;
  /** of the run; null for an imported model, which is trees and nothing else */
  readonly modelType: string | null;
  readonly size?: string;
}) {
  const { t } = useTranslation('models');
  const [busy, setBusy] = useState(false);
  const hand = async (format: ExportFormat): Promise<void> => {
    setBusy(true);
    try {
      // a download cannot say why it failed, so the file is made first
      await call('models.export', { id, format });
      download(`/download/model/${encodeURIComponent(id)}?format=${format}`);
    } catch (thrown) {
      notifyError(t('export.failed'), thrown);
    } finally {
      setBusy(false);
    }
  };
  const item = (format: ExportFormat) => (
    <Menu.Item key={format} onClick={() => void hand(format)}>
      {t(`export.${format}`)}
    </Menu.Item>
  );
  const ofTrees = modelType === null || treeModels.has(modelType);
  return (
    <Menu position="bottom-end" shadow="md" width={270}>
      <Menu.Target>
        <Button
          variant="default"
          size={size}
          loading={busy}
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t('export.action')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {modelType === null ? null : (
          <>
            <Menu.Label>{t('export.own')}</Menu.Label>
            {item('voltcast')}
          </>
        )}
        {modelType !== null && checkpoints.has(modelType) ? (
          <>
            <Menu.Label>{t('export.checkpoint')}</Menu.Label>
            {item('chronos')}
          </>
        ) : (
          <Menu.Label>{ofTrees ? t('export.trees') : t('export.ownOnly')}</Menu.Label>
        )}
        {ofTrees ? treeFormats.map(item) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
