/** @file Makes a report of runs, as a web page or as PDF, and hands it over. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconFileTypeHtml, IconFileTypePdf, IconReportAnalytics } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadOnly } from '../../stores/app.ts';
import { useRunActions } from './use-run-actions.ts';
import type { ReportFormat } from './use-run-actions.ts';

export function ReportMenu({
  runIds,
  variant = 'default',
}: {
  readonly runIds: readonly string[];
  readonly variant?: 'default' | 'subtle';
}) {
  const { t } = useTranslation('runs');
  const { report } = useRunActions();
  const readOnly = useReadOnly();
  const [busy, setBusy] = useState(false);
  const make = async (format: ReportFormat): Promise<void> => {
    setBusy(true);
    await report(runIds, format);
    setBusy(false);
  };
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button
          variant={variant}
          loading={busy}
          disabled={readOnly || runIds.length === 0}
          leftSection={<IconReportAnalytics size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t('action.report')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFileTypeHtml size={16} aria-hidden />} onClick={() => void make('html')}>
          {t('action.reportHtml')}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileTypePdf size={16} aria-hidden />} onClick={() => void make('pdf')}>
          {t('action.reportPdf')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
