/** @file How the file is read, where recognition went wrong: every choice reads the file again. */
import { Button, Collapse, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportOptions, ImportPreview } from '../../../src-preload/contract/index.ts';
import classes from './data.module.css';

const delimiters = [',', ';', '\t', '|'] as const;
const delimiterWords = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' } as const;
const encodings = ['utf-8', 'utf-16le', 'windows-1252', 'iso-8859-1', 'iso-8859-15'];
const dateOrders = ['dmy', 'mdy', 'ymd'] as const;
const layouts = ['plain', 'long', 'wide-days'] as const;

const oneOf = <T extends string>(values: readonly T[], text: string | null): T | undefined =>
  values.find((value) => value === text);

export function ReadOptions({
  preview,
  options,
  disabled,
  startOpen = false,
  onAnswer,
}: {
  readonly preview: ImportPreview | null;
  readonly options: ImportOptions;
  readonly disabled: boolean;
  readonly startOpen?: boolean;
  readonly onAnswer: (options: ImportOptions) => void;
}) {
  const { t } = useTranslation('data');
  const [opened, { toggle }] = useDisclosure(startOpen);
  const common = { disabled, clearable: true, placeholder: t('read.auto'), size: 'sm' } as const;
  const columns = preview?.columns.map((c) => c.name) ?? [];
  const timestamp = typeof options.timestamp === 'string' ? options.timestamp : null;
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconAdjustmentsHorizontal size={16} />}
        aria-expanded={opened}
        onClick={toggle}
      >
        {t('read.title')}
      </Button>
      <Collapse expanded={opened}>
        <div className={classes['choiceRow']} style={{ marginTop: '0.75rem' }}>
          <Select
            {...common}
            label={t('read.delimiter')}
            value={options.delimiter ?? null}
            data={delimiters.map((value) => ({ value, label: t(`fact.value.${delimiterWords[value]}`) }))}
            onChange={(value) => onAnswer({ delimiter: value ?? undefined })}
          />
          <Select
            {...common}
            label={t('read.decimal')}
            value={options.decimal ?? null}
            data={[
              { value: '.', label: t('fact.value.point') },
              { value: ',', label: t('fact.value.comma') },
            ]}
            onChange={(value) => onAnswer({ decimal: oneOf(['.', ','], value) })}
          />
          <Select
            {...common}
            label={t('read.dateOrder')}
            value={options.dateOrder ?? null}
            data={dateOrders.map((value) => ({ value, label: t(`read.${value}`) }))}
            onChange={(value) => onAnswer({ dateOrder: oneOf(dateOrders, value) })}
          />
          <Select
            {...common}
            label={t('read.encoding')}
            value={options.encoding ?? null}
            data={encodings}
            onChange={(value) => onAnswer({ encoding: value ?? undefined })}
          />
          <Select
            {...common}
            label={t('read.layout')}
            value={options.layout ?? null}
            data={layouts.map((value) => ({ value, label: t(`fact.value.${value}`) }))}
            onChange={(value) => onAnswer({ layout: oneOf(layouts, value) })}
          />
          {columns.length > 0 ? (
            <Select
              {...common}
              label={t('read.timestamp')}
              value={timestamp}
              data={columns}
              searchable
              onChange={(value) => onAnswer({ timestamp: value ?? undefined })}
            />
          ) : null}
        </div>
      </Collapse>
    </div>
  );
}
