/** @file The head of every page: its name, one line on what it is for, and its main actions. */
import type { ReactNode } from 'react';
import classes from './widgets.module.css';

export function PageHeader({
  title,
  hint,
  actions,
}: {
  readonly title: ReactNode;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <header className={classes['pageHead']}>
      <div style={{ minWidth: 0 }}>
        <h1 className={classes['pageTitle']}>{title}</h1>
        {hint ? <p className={classes['pageHint']}>{hint}</p> : null}
      </div>
      {actions}
    </header>
  );
}
