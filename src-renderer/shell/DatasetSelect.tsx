/** @file Which dataset all pages look at. */
import { Select } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useDatasets } from '../stores/datasets.ts';
import { valueOf } from '../stores/resource.ts';

export function DatasetSelect() {
  const { t } = useTranslation('common');
  const list = useDatasets((state) => state.list);
  const selected = useDatasets((state) => state.selected);
  const select = useDatasets((state) => state.select);
  const names = valueOf(list)?.map((d) => d.name) ?? [];
  if (names.length === 0) return null;
  return (
    <Select
      aria-label={t('dataset.select')}
      data={names}
      value={selected}
      onChange={(name) => name && select(name)}
      allowDeselect={false}
      searchable={names.length > 8}
      leftSection={<IconDatabase size={16} stroke={1.7} aria-hidden />}
      w={260}
      size="sm"
      maxDropdownHeight={360}
      nothingFoundMessage={t('nothingFound')}
    />
  );
}
