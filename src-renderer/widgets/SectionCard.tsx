/** @file A titled surface: the one container all pages use. */
import { useId } from 'react';
import type { ReactNode } from 'react';
import classes from './widgets.module.css';

export function SectionCard({
  title,
  hint,
  actions,
  flush = false,
  children,
}: {
  readonly title?: ReactNode;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  /** true: the body reaches the edges, for tables */
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={classes['card']} aria-labelledby={title ? id : undefined}>
      {title || actions ? (
        <div className={classes['cardHead']}>
          <div style={{ minWidth: 0 }}>
            {title ? (
              <h2 className={classes['cardTitle']} id={id}>
                {title}
              </h2>
            ) : null}
            {hint ? <p className={classes['cardHint']}>{hint}</p> : null}
          </div>
          {actions}
        </div>
      ) : null}
      {/* a wide table scrolls sideways inside its card; by keyboard that needs focus */}
      <div
        className={classes['cardBody']}
        data-flush={flush}
        {...(flush ? { tabIndex: 0, role: 'group', 'aria-labelledby': id } : {})}
      >
        {children}
      </div>
    </section>
  );
}
