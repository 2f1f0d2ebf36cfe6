/** @file What a run made, and where it ran. */
import { Code, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunDetail } from '../../../src-preload/contract/index.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ExportMenu } from '../../widgets/ExportMenu.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';

export function RunFiles({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
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
      actions={run.status === 'succeeded' ? <ExportMenu id={run.id} modelType={run.modelType} /> : null}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl="lg">{t('files.name')}</Table.Th>
            <Table.Th>{t('files.what')}</Table.Th>
            <Table.Th ta="right">{t('files.size')}</Table.Th>
            <Table.Th pr="lg">{t('files.hash')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {run.artifacts.map((artifact) => (
            <Table.Tr key={artifact.name}>
              <Table.Td pl="lg">{artifact.name}</Table.Td>
              <Table.Td c="var(--vc-muted)">
                {t(`files.known.${artifact.name.replace(/\.json$/, '')}`, { defaultValue: '' })}
              </Table.Td>
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
