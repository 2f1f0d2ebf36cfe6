/** @file What the small charts share: axis looks, the box under the pointer, the legend, a figure with a spoken summary. */
import type { ReactNode } from 'react';
import type { Tokens } from '../theme/tokens.ts';
import classes from './curve-style.module.css';

/** Props every recharts axis of the app gets. */
export const axisLook = (tokens: Tokens) => ({
  stroke: tokens.grid,
  tick: { fill: tokens.axis, fontSize: 12 },
  tickLine: false,
  axisLine: false,
  tickMargin: 8,
});

export const gridLook = (tokens: Tokens) => ({ stroke: tokens.grid, vertical: false });

export interface TipRow {
  readonly label: string;
  readonly value: string;
  readonly color?: string;
  readonly shape?: 'line' | 'area';
}

export function Tip({ title, rows }: { readonly title: ReactNode; readonly rows: readonly TipRow[] }) {
  return (
    <div className={classes['tip']}>
      <p className={classes['tipTitle']}>{title}</p>
      {rows.map((row) => (
        <div key={row.label} className={classes['tipRow']}>
          {row.color ? (
            <span className={classes['swatch']} data-shape={row.shape} style={{ background: row.color }} />
          ) : null}
          <span>{row.label}</span>
          <span>{row.value}</span>
        </div>
      ))}
    </div>
  );
}

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly shape?: 'line' | 'area';
}

export function Legend({ items }: { readonly items: readonly LegendItem[] }) {
  return (
    <ul className={classes['legend']}>
      {items.map((item) => (
        <li key={item.label}>
          <span className={classes['swatch']} data-shape={item.shape} style={{ background: item.color }} />
          {item.label}
        </li>
      ))}
    </ul>
  );
}

/** A picture with one sentence for those who do not see it. */
export function Figure({
  label,
  legend,
  children,
}: {
  readonly label: string;
  readonly legend?: readonly LegendItem[];
  readonly children: ReactNode;
}) {
  return (
    <figure className={classes['figure']}>
      <div role="img" aria-label={label}>
        {children}
      </div>
      {legend ? <Legend items={legend} /> : null}
    </figure>
  );
}
