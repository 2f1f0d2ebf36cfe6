/** @file The first rows as they were read, for the eye: the quickest way to see a wrong separator. */
import { ScrollArea, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportPreview } from '../../../src-preload/contract/index.ts';
import classes from './data.module.css';

export function FirstRows({ preview }: { readonly preview: ImportPreview }) {
  const { t } = useTranslation('data');
  const kinds = new Map(preview.columns.map((c) => [c.name, c]));
  return (
    <ScrollArea
      className={classes['sample']!}
      type="auto"
      viewportProps={{ tabIndex: 0, 'aria-label': t('import.firstRows') }}
    >
      <Table verticalSpacing={4} horizontalSpacing="sm" fz="xs" className={classes['sampleTable']!}>
        <Table.Thead>
          <Table.Tr>
            {preview.sampleHeader.map((name, i) => (
              <Table.Th key={i} scope="col">
                {name}
                {kinds.get(name) ? <small>{t(`kind.${kinds.get(name)!.kind}`)}</small> : null}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.sample.map((row, i) => (
            <Table.Tr key={i}>
              {row.map((text, j) => (
                <Table.Td key={j}>
                  {text ?? <span className={classes['blank']}>{t('import.blank')}</span>}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
