/** @file Nothing here yet: says why, and leads to the next step. */
import type { ReactNode } from 'react';
import classes from './widgets.module.css';

export function EmptyState({
  art,
  title,
  children,
  action,
}: {
  readonly art?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={classes['empty']}>
      {art ? (
        <div className={classes['emptyArt']} aria-hidden>
          {art}
        </div>
      ) : null}
      <h2 className={classes['emptyTitle']}>{title}</h2>
      {children ? <p className={classes['emptyText']}>{children}</p> : null}
      {action ? <div style={{ marginTop: '0.6rem' }}>{action}</div> : null}
    </div>
  );
}
