/** @file The table of runs. Only the rows in sight exist, so ten thousand scroll as smoothly as ten. */
import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import { isOver } from '../../../src-preload/contract/runs.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { runsStore } from '../../stores/runs.ts';
import { bestFirst } from '../../stores/runs-list.ts';
import type { RunColumn, RunOrder } from '../../stores/runs-list.ts';
import { RunRow } from './RunRow.tsx';
import { useNow } from './use-now.ts';
import classes from './runs.module.css';

const rowHeight = 56;
const columns: readonly {
  readonly id: RunColumn;
  readonly width: number | undefined;
  readonly right: boolean;
}[] = [
  { id: 'recipe', width: undefined, right: false },
  { id: 'status', width: 200, right: false },
  { id: 'mae', width: 104, right: true },
  { id: 'rmse', width: 104, right: true },
  { id: 'wape', width: 80, right: true },
  { id: 'skill', width: 80, right: true },
  { id: 'durationMs', width: 104, right: true },
  { id: 'createdAt', width: 124, right: true },
];

export function RunTable({
  rows,
  order,
  selected,
}: {
  readonly rows: readonly RunSummary[];
  readonly order: RunOrder;
  readonly selected: ReadonlySet<string>;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const titleOf = useRecipeTitle();
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(1000, rows.length > 0);
  /** rows over and done need the clock only for "5 minutes ago" */
  const slowNow = Math.floor(now / 30_000) * 30_000;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => rows[index].id,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const chosen = rows.filter((run) => selected.has(run.id)).length;
  const { setOrder, select, toggle } = runsStore.getState();

  const sort = (column: RunColumn): void =>
    setOrder(
      order.column === column
        ? { column, descending: !order.descending }
        : { column, descending: bestFirst(column) },
    );
  const name = (column: RunColumn): string =>
    ['mae', 'rmse', 'wape', 'skill'].includes(column) ? t(`common:metric.${column}`) : t(`column.${column}`);

  return (
    <div className={classes['tableCard']}>
      <div ref={scroller} className={classes['scroller']} tabIndex={0} role="group" aria-label={t('table')}>
        <table className={classes['table']} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <th className={classes['check']}>
                <Checkbox
                  size="xs"
                  aria-label={t('selectAll')}
                  checked={rows.length > 0 && chosen === rows.length}
                  indeterminate={chosen > 0 && chosen < rows.length}
                  onChange={() => select(chosen === rows.length ? [] : rows.map((run) => run.id))}
                />
              </th>
              {columns.map(({ id, width, right }) => {
                const on = order.column === id;
                const Icon = !on ? IconArrowsSort : order.descending ? IconArrowDown : IconArrowUp;
                return (
                  <th
                    key={id}
                    style={{ width }}
                    data-right={right || undefined}
                    aria-sort={on ? (order.descending ? 'descending' : 'ascending') : undefined}
                  >
                    <button type="button" className={classes['sort']} data-on={on} onClick={() => sort(id)}>
                      {name(id)}
                      <Icon size={13} aria-hidden />
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {before > 0 ? (
              <tr aria-hidden>
                <td colSpan={9} style={{ height: before, padding: 0, border: 0 }} />
              </tr>
            ) : null}
            {items.map(({ index, key }) => {
              const run = rows[index];
              return (
                <RunRow
                  key={key}
                  run={run}
                  title={titleOf(run.recipe)}
                  index={index + 2}
                  selected={selected.has(run.id)}
                  now={isOver(run.status) ? slowNow : now}
                  onToggle={toggle}
                />
              );
            })}
            {after > 0 ? (
              <tr aria-hidden>
                <td colSpan={9} style={{ height: after, padding: 0, border: 0 }} />
              </tr>
            ) : null}
          </tbody>
        </table>
        {rows.length === 0 ? <p className={classes['none']}>{t('filter.none')}</p> : null}
      </div>
    </div>
  );
}
