/** @file Columns that give the target away, with the proof. The most costly mistake in load forecasting, so it is loud. */
import { useTranslation } from 'react-i18next';
import type { ColumnInfo } from '../../../src-preload/contract/index.ts';
import { Notice } from '../../widgets/Notice.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './data.module.css';
import { leakageProofs, leakingCount, shownR2 } from './import-view.ts';

export function LeakageNotice({
  columns,
  target,
}: {
  readonly columns: readonly ColumnInfo[];
  readonly target: string | null;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const proofs = leakageProofs(columns);
  if (proofs.length === 0) return null;
  return (
    <Notice tone="warn" title={t('leakage.title', { count: leakingCount(columns), target: target ?? '' })}>
      <p>{t('leakage.text')}</p>
      <ul className={classes['leaks']}>
        {proofs.map((proof) => (
          <li key={proof.columns.join()}>
            <span className={classes['leakName']}>
              <strong>{proof.columns.join(' + ')}</strong>
              <span>{t(proof.columns.length > 1 ? 'leakage.together' : 'leakage.alone')}</span>
            </span>
            <span className={classes['leakBar']} aria-hidden>
              <span style={{ width: `${Math.max(0, Math.min(1, proof.r2)) * 100}%` }} />
            </span>
            <span className={classes['leakR2']} title={proof.message}>
              R² {format.number(shownR2(proof.r2), 4)}
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
