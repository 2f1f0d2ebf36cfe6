/** @file What differs between the recipes. */
import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Comparison } from '../../../src-preload/contract/index.ts';
import { noValue } from '../../widgets/format.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useCompared } from './use-compared.ts';
import classes from './compare.module.css';

/** Rows shown at once: models of many kinds differ in everything. */
const few = 8;

export function ParamsTable({ comparison }: { readonly comparison: Comparison }) {
  const { t } = useTranslation('compare');
  const compared = useCompared(comparison.runs);
  const rows = comparison.params.filter(({ key }) => key !== 'name' && key !== 'description');
  const [all, showAll] = useState(false);
  if (rows.length === 0) return null;
  const shown = all || rows.length <= few + 3 ? rows : rows.slice(0, few);
  return (
    <SectionCard
      title={t('params.title')}
      hint={t('params.hint')}
      flush
      actions={
        rows.length > few + 3 ? (
          <Button variant="subtle" size="compact-sm" aria-expanded={all} onClick={() => showAll(!all)}>
            {all ? t('params.fewer') : t('params.more', { count: rows.length })}
          </Button>
        ) : null
      }
    >
      <div className={classes['boardScroll']} tabIndex={0} role="group" aria-label={t('params.title')}>
        <Table className={classes['params']}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('params.key')}</Table.Th>
              {compared.map((run) => (
                <Table.Th key={run.id}>{run.label}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((row) => (
              <Table.Tr key={row.key}>
                <Table.Th scope="row">{row.key}</Table.Th>
                {row.values.map((value, i) => (
                  <Table.Td key={compared[i]?.id ?? i}>{value ?? noValue}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </SectionCard>
  );
}
