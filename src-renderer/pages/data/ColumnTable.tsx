/** @file All columns: what each is, its range, its holes, and whether it gives the target away. */
import { ActionIcon, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCalendarTime, IconTarget } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ColumnInfo, ColumnKind } from '../../../src-preload/contract/index.ts';
import { HistogramSpark } from '../../charts/Sparkline.tsx';
import { useReadOnly } from '../../stores/app.ts';
import { noValue } from '../../widgets/format.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import type { Tone } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './data.module.css';
import type { DatasetDetail } from './DatasetView.tsx';
import { profileOf } from './figures.ts';

const tones: Readonly<Record<ColumnKind, Tone>> = {
  timestamp: 'neutral',
  series: 'neutral',
  load: 'accent',
  covariate: 'info',
  category: 'info',
  label: 'good',
  constant: 'neutral',
  empty: 'neutral',
};

function Name({ column, isTarget }: { readonly column: ColumnInfo; readonly isTarget: boolean }) {
  const { t } = useTranslation('data');
  return (
    <span className={classes['columnName']}>
      {column.name}
      {isTarget ? (
        <Tag tone="accent" icon={<IconTarget size={13} aria-hidden />}>
          {t('column.target')}
        </Tag>
      ) : null}
      {column.leakage ? (
        <Tooltip
          label={column.leakage.message}
          multiline
          maw={360}
          events={{ hover: true, focus: true, touch: true }}
        >
          <span tabIndex={0}>
            <Tag tone="warn" icon={<IconAlertTriangle size={13} aria-hidden />}>
              {t('column.leak')}
            </Tag>
          </span>
        </Tooltip>
      ) : null}
      {column.knownAhead && column.kind !== 'timestamp' ? (
        <Tag tone="good" icon={<IconCalendarTime size={13} aria-hidden />}>
          {t('column.known')}
        </Tag>
      ) : null}
    </span>
  );
}

export function ColumnTable({
  detail,
  onTarget,
}: {
  readonly detail: DatasetDetail;
  readonly onTarget: (target: string) => void;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const readOnly = useReadOnly();
  return (
    <SectionCard title={t('column.title', { count: detail.columns.length })} hint={t('column.hint')} flush>
      <Table horizontalSpacing="md" fz="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('column.name')}</Table.Th>
            <Table.Th scope="col">{t('column.kind')}</Table.Th>
            <Table.Th scope="col">{t('column.unit')}</Table.Th>
            {['min', 'mean', 'max', 'missing', 'outliers'].map((name) => (
              <Table.Th key={name} scope="col" className={classes['right']!}>
                {t(`column.${name}`)}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t('column.distribution')}</Table.Th>
            <Table.Th scope="col">
              <VisuallyHidden>{t('column.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {detail.columns.map((column) => {
            const profile = profileOf(detail.profile, column.name);
            const isTarget = column.name === detail.target;
            return (
              <Table.Tr key={column.name}>
                <Table.Td>
                  <Name column={column} isTarget={isTarget} />
                </Table.Td>
                <Table.Td>
                  <Tag tone={tones[column.kind]}>{t(`kind.${column.kind}`)}</Tag>
                </Table.Td>
                <Table.Td className={classes['quiet']!}>{column.unit ?? noValue}</Table.Td>
                <Table.Td className={classes['right']!}>{format.number(column.min)}</Table.Td>
                <Table.Td className={classes['right']!}>{format.number(column.mean)}</Table.Td>
                <Table.Td className={classes['right']!}>{format.number(column.max)}</Table.Td>
                <Table.Td className={classes['right']!}>{format.integer(column.missing)}</Table.Td>
                <Table.Td className={classes['right']!}>{format.integer(profile?.outliers)}</Table.Td>
                <Table.Td>
                  {profile?.histogram ? (
                    <HistogramSpark
                      histogram={profile.histogram}
                      label={t('column.histogram', {
                        min: format.number(column.min),
                        max: format.number(column.max),
                      })}
                    />
                  ) : (
                    <span className={classes['quiet']}>
                      {profile && profile.topCategories.length > 0
                        ? format.list(profile.topCategories.slice(0, 3).map((c) => c.value))
                        : noValue}
                    </span>
                  )}
                </Table.Td>
                <Table.Td className={classes['right']!}>
                  {column.kind === 'load' && !isTarget ? (
                    <Tooltip label={t('column.makeTarget')}>
                      <ActionIcon
                        variant="subtle"
                        disabled={readOnly}
                        aria-label={`${t('column.makeTarget')}: ${column.name}`}
                        onClick={() => onTarget(column.name)}
                      >
                        <IconTarget size={16} />
                      </ActionIcon>
                    </Tooltip>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
