/** @file How far something is and how long it still takes. */
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from './use-format.ts';
import classes from './widgets.module.css';

export function ProgressWithEta({
  fraction,
  etaMs,
  message,
  label,
}: {
  /** 0..1; null: unknown, the bar is striped */
  readonly fraction: number | null;
  readonly etaMs?: number | null;
  readonly message?: string | null;
  /** what is in progress, for screen readers */
  readonly label: string;
}) {
  const { t } = useTranslation('common');
  const format = useFormat();
  const percent = fraction === null ? 100 : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div>
      <Progress.Root size={6} aria-label={label}>
        <Progress.Section
          value={percent}
          animated={fraction === null}
          aria-label={label}
          {...(fraction === null ? { 'aria-valuetext': t('progress.unknown') } : {})}
        />
      </Progress.Root>
      <div className={classes['progressLine']}>
        <span>{message ?? ''}</span>
        <span>
          {fraction === null ? '' : format.percent(percent / 100, 0)}
          {etaMs !== null && etaMs !== undefined && etaMs > 0
            ? ` · ${t('progress.left', { time: format.duration(etaMs) })}`
            : ''}
        </span>
      </div>
    </div>
  );
}
