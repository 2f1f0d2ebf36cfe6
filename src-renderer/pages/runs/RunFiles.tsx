/** @file What a run made, and where it ran. */
import { Button, Code, Table } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RunDetail } from '../../../src-preload/contract/index.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { useRunActions } from './use-run-actions.ts';

export function RunFiles({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  const { exportModel } = useRunActions();
  if (run.artifacts.length === 0)
    return (
      <SectionCard>
        <EmptyState title={t('files.none')}>{t('files.noneText')}</EmptyState>
      </SectionCard>
    );
  return (
    <SectionCard
      title={t('files.title')}
      hint={t('files.hint')}
      flush
      actions={
        run.status === 'succeeded' ? (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => exportModel(run)}
          >
            {t('action.export')}
          </Button>
        ) : null
      }
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl="lg">{t('files.name')}</Table.Th>
            <Table.Th ta="right">{t('files.size')}</Table.Th>
            <Table.Th pr="lg">{t('files.hash')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {run.artifacts.map((artifact) => (
            <Table.Tr key={artifact.name}>
              <Table.Td pl="lg">{artifact.name}</Table.Td>
              <Table.Td ta="right">{format.bytes(artifact.bytes)}</Table.Td>
              <Table.Td pr="lg">
                <Code title={artifact.hash}>{artifact.hash.slice(0, 12)}</Code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
