/** @file A figure with its name and unit. */
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { noValue } from './format.ts';
import { useFormat } from './use-format.ts';
import classes from './widgets.module.css';

/** The unit set smaller and quieter than the figure. */
export function NumberWithUnit({
  value,
  unit,
  digits,
}: {
  readonly value: number | null | undefined;
  readonly unit?: string | null | undefined;
  readonly digits?: number;
}) {
  const format = useFormat();
  const text = format.number(value, digits);
  return (
    <>
      {text}
      {unit && text !== noValue ? <span className={classes['metricUnit']}>{unit}</span> : null}
    </>
  );
}

export function Metric({
  label,
  children,
  note,
  help,
  size,
}: {
  readonly label: string;
  /** the figure: a text or a {@link NumberWithUnit} */
  readonly children: ReactNode;
  readonly note?: ReactNode;
  /** what the figure means, on hover and focus */
  readonly help?: string | undefined;
  readonly size?: 'sm';
}) {
  const name = <div className={classes['metricLabel']}>{label}</div>;
  return (
    <div className={classes['metric']}>
      {help ? (
        <Tooltip label={help} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
          <div
            tabIndex={0}
            style={{ width: 'fit-content', textDecoration: 'underline dotted', textUnderlineOffset: 3 }}
          >
            {name}
          </div>
        </Tooltip>
      ) : (
        name
      )}
      <div className={classes['metricValue']} data-size={size}>
        {children}
      </div>
      {note ? <div className={classes['metricNote']}>{note}</div> : null}
    </div>
  );
}

export function MetricRow({ children }: { readonly children: ReactNode }) {
  return <div className={classes['metricRow']}>{children}</div>;
}
