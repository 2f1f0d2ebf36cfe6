/** @file The table of compared runs: best value per metric marked, the baseline beside them, and what the difference is worth. */
import { ActionIcon, Button, Menu, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconArrowsSort,
  IconCrown,
  IconDots,
  IconTargetArrow,
  IconX,
} from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Comparison, Metrics, RunSummary } from '../../../src-preload/contract/index.ts';
import { bestRuns, rankRuns, significanceOf } from '../../charts/compare-shapes.ts';
import type { ColumnName, Significance } from '../../charts/compare-shapes.ts';
import { useReadOnly } from '../../stores/app.ts';
import { compareStore } from '../../stores/compare.ts';
import { toHash } from '../../stores/router.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import type { Tone } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { modelName } from '../runs/names.ts';
import { useRunActions } from '../runs/use-run-actions.ts';
import { useCompared } from './use-compared.ts';
import classes from './compare.module.css';

const few: readonly ColumnName[] = ['skill', 'mae', 'rmse', 'wape', 'r2', 'peakError', 'coverage80'];
const many: readonly ColumnName[] = [...few, 'mase', 'smape', 'mape', 'bias', 'cvrmse', 'nmbe', 'wql'];

export function Leaderboard({
  comparison,
  onRemove,
}: {
  readonly comparison: Comparison;
  readonly onRemove: (id: string) => void;
}) {
  const { t } = useTranslation(['compare', 'common', 'runs']);
  const [order, setOrder] = useState<{ by: ColumnName; descending: boolean }>({
    by: 'mae',
    descending: false,
  });
  const [all, setAll] = useState(false);
  const compared = useCompared(comparison.runs);
  const best = useMemo(() => bestRuns(comparison.runs), [comparison.runs]);
  const rows = useMemo(() => rankRuns(comparison.runs, order.by, order.descending), [comparison.runs, order]);
  const columns = all ? many : few;
  return (
    <SectionCard
      title={t('board.title')}
      hint={t('board.hint')}
      flush
      actions={
        <Button variant="subtle" size="compact-sm" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('board.fewer') : t('board.all')}
        </Button>
      }
    >
      <div className={classes['boardScroll']} tabIndex={0} role="group" aria-label={t('board.title')}>
        <Table className={classes['board']} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('board.run')}</Table.Th>
              {columns.map((name) => (
                <SortHead
                  key={name}
                  name={name}
                  on={order.by === name}
                  descending={order.descending}
                  onSort={() =>
                    setOrder(
                      order.by === name
                        ? { by: name, descending: !order.descending }
                        : { by: name, descending: false },
                    )
                  }
                />
              ))}
              <Table.Th>{t('board.difference')}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{t('board.actions')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((run) => (
              <BoardRow
                key={run.id}
                run={run}
                label={compared.find((item) => item.id === run.id)?.label ?? run.recipe}
                color={compared.find((item) => item.id === run.id)?.color ?? 'transparent'}
                columns={columns}
                best={best}
                significance={significanceOf(comparison, run.id)}
                reference={compared[0]?.label ?? ''}
                removable={rows.length > 1}
                onRemove={() => onRemove(run.id)}
              />
            ))}
            <BaselineRows comparison={comparison} columns={columns} />
          </Table.Tbody>
        </Table>
      </div>
      <p className={classes['boardNote']}>{t('board.note')}</p>
    </SectionCard>
  );
}

function SortHead({
  name,
  on,
  descending,
  onSort,
}: {
  readonly name: ColumnName;
  readonly on: boolean;
  readonly descending: boolean;
  readonly onSort: () => void;
}) {
  const { t } = useTranslation('common');
  const Icon = !on ? IconArrowsSort : descending ? IconArrowUp : IconArrowDown;
  return (
    <Table.Th data-right aria-sort={on ? (descending ? 'descending' : 'ascending') : undefined}>
      <Tooltip
        label={t(`metricHelp.${name}`)}
        multiline
        maw={320}
        events={{ hover: true, focus: true, touch: false }}
      >
        <button type="button" className={classes['sort']} data-on={on} onClick={onSort}>
          {t(`metric.${name}`)}
          <Icon size={13} aria-hidden />
        </button>
      </Tooltip>
    </Table.Th>
  );
}

const tones: Readonly<Record<Significance, Tone>> = {
  reference: 'accent',
  better: 'good',
  worse: 'bad',
  chance: 'neutral',
  unknown: 'neutral',
};

function BoardRow({
  run,
  label,
  color,
  columns,
  best,
  significance,
  reference,
  removable,
  onRemove,
}: {
  readonly run: RunSummary;
  readonly label: string;
  readonly color: string;
  readonly columns: readonly ColumnName[];
  readonly best: ReadonlyMap<ColumnName, ReadonlySet<string>>;
  readonly significance: Significance;
  readonly reference: string;
  readonly removable: boolean;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation(['compare', 'common', 'runs']);
  const format = useFormat();
  const { promote } = useRunActions();
  const readOnly = useReadOnly();
  const model = modelName(t, run.modelType);
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <div className={classes['runName']}>
          <span className={classes['dot']} style={{ background: color }} aria-hidden />
          <a href={toHash('runs', run.id)}>{label}</a>
          {run.champion ? (
            <Tag tone="warn" icon={<IconCrown size={12} aria-hidden />}>
              {t('runs:champion')}
            </Tag>
          ) : null}
        </div>
        {model === label ? null : <div className={classes['runSub']}>{model}</div>}
      </Table.Th>
      {columns.map((name) => {
        const value = name === 'skill' ? run.skill : run.metrics?.[name];
        const isBest = best.get(name)?.has(run.id) ?? false;
        return (
          <Table.Td key={name} data-right data-best={isBest}>
            {format.metric(name, value, run.unit)}
            {isBest ? <span className={classes['bestMark']}>{t('board.best')}</span> : null}
          </Table.Td>
        );
      })}
      <Table.Td>
        <Tooltip label={t(`significance.${significance}Help`, { reference })} multiline maw={300}>
          <span tabIndex={0}>
            <Tag tone={tones[significance]}>{t(`significance.${significance}`)}</Tag>
          </span>
        </Tooltip>
      </Table.Td>
      <Table.Td>
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={t('board.actionsFor', { name: label })}>
              <IconDots size={17} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconTargetArrow size={16} aria-hidden />}
              disabled={significance === 'reference'}
              onClick={() => void compareStore.getState().setReference(run.id)}
            >
              {t('board.setReference')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCrown size={16} aria-hidden />}
              disabled={readOnly || run.champion || run.status !== 'succeeded'}
              onClick={() => void promote(run)}
            >
              {t('board.promote')}
            </Menu.Item>
            <Menu.Item leftSection={<IconX size={16} aria-hidden />} disabled={!removable} onClick={onRemove}>
              {t('board.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}

/** Doing nothing clever, on the same backtest: what every model is measured against. */
function BaselineRows({
  comparison,
  columns,
}: {
  readonly comparison: Comparison;
  readonly columns: readonly ColumnName[];
}) {
  const { t } = useTranslation('compare');
  const format = useFormat();
  // one baseline for all only where all were tested on the same rows
  const run = comparison.sameSplit ? comparison.runs.find((item) => item.baseline !== null) : undefined;
  if (!run?.baseline) return null;
  const rows: readonly (readonly ['daily' | 'weekly', Metrics | null])[] = [
    ['daily', run.baseline.daily],
    ['weekly', run.baseline.weekly],
  ];
  // a run of the baseline itself is in the table already
  const asRun = (metrics: Metrics): boolean =>
    comparison.runs.some((item) => item.modelType === 'seasonal_naive' && item.metrics?.mae === metrics.mae);
  return rows.map(([kind, metrics]) =>
    metrics === null || asRun(metrics) ? null : (
      <Table.Tr key={kind} className={classes['baseline']}>
        <Table.Th scope="row">
          <div className={classes['runName']}>{t(`baseline.${kind}`)}</div>
          <div className={classes['runSub']}>{t('baseline.sub')}</div>
        </Table.Th>
        {columns.map((name) => (
          <Table.Td key={name} data-right>
            {name === 'skill' ? '' : format.metric(name, metrics[name], run.unit)}
          </Table.Td>
        ))}
        <Table.Td colSpan={2} />
      </Table.Tr>
    ),
  );
}
