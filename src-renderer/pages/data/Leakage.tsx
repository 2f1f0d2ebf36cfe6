/** @file Columns that give the target away, with the proof. The most costly mistake in load forecasting, so it is loud. */
import { useTranslation } from 'react-i18next';
import type { ColumnInfo } from '../../../src-preload/contract/index.ts';
import { Notice } from '../../widgets/Notice.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './data.module.css';
import { leakingColumns } from './import-view.ts';

export function LeakageNotice({
  columns,
  target,
}: {
  readonly columns: readonly ColumnInfo[];
  readonly target: string | null;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const leaking = leakingColumns(columns);
  if (leaking.length === 0) return null;
  return (
    <Notice tone="warn" title={t('leakage.title', { count: leaking.length, target: target ?? '' })}>
      <p>{t('leakage.text')}</p>
      <ul className={classes['leaks']}>
        {leaking.map((column) => (
          <li key={column.name}>
            <span className={classes['leakName']}>
              <strong>{column.name}</strong>
              <span>
                {column.leakage!.with.length > 0
                  ? t('leakage.with', { columns: format.list(column.leakage!.with) })
                  : t('leakage.alone')}
              </span>
            </span>
            <span className={classes['leakBar']} aria-hidden>
              <span style={{ width: `${Math.max(0, Math.min(1, column.leakage!.r2)) * 100}%` }} />
            </span>
            <span className={classes['leakR2']} title={column.leakage!.message}>
              R² {format.number(column.leakage!.r2, 4)}
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
