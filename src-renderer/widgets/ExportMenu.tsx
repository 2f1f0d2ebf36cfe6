/** @file Hands over a model, of a run or imported, in the format that is chosen. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exportFormats } from '../../src-preload/contract/model-files.ts';
import type { ExportFormat } from '../../src-preload/contract/index.ts';
import { call, download } from '../stores/client.ts';
import { notifyError } from './notify.ts';

export function ExportMenu({
  id,
  formats = exportFormats,
  size,
}: {
  /** of a run, or the name of an imported model */
  readonly id: string;
  readonly formats?: readonly ExportFormat[];
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
  return (
    <Menu position="bottom-end" shadow="md">
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
        {formats.map((format) => (
          <Menu.Item key={format} onClick={() => void hand(format)}>
            {t(`export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
