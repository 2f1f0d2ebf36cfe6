/** @file Where in the week a model errs: 7 days × 24 hours. A table, so that every cell can be read without seeing colour. */
import { useTranslation } from 'react-i18next';
import { heatStops } from '../theme/tokens.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import { heatIndex, weekGrid } from './run-shapes.ts';
import classes from './curve-style.module.css';

export function WeekHeatmap({
  values,
  unit,
  caption,
}: {
  /** 168, Monday 00 first */
  readonly values: readonly (number | null)[];
  readonly unit: string | null;
  readonly caption: string;
}) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  const stops = heatStops(useTokens());
  const grid = weekGrid(values);
  if (!grid) return <p>{t('chart.nothing')}</p>;
  const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
  return (
    <>
      <table className={classes['heat']} aria-label={caption}>
        <thead>
          <tr>
            <td style={{ width: '2.75rem' }} />
            {Array.from({ length: 24 }, (_, hour) => (
              <th key={hour} scope="col">
                {hour % 3 === 0 ? String(hour).padStart(2, '0') : null}
                <span style={hidden}>{clock(hour)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map((row, day) => (
            <tr key={day}>
              <th scope="row">{format.weekday(day)}</th>
              {row.map((value, hour) => {
                const text = format.unit(value, unit);
                return (
                  <td
                    key={hour}
                    title={`${format.weekday(day, 'long')} ${clock(hour)} · ${text}`}
                    style={{
                      background:
                        value === null
                          ? 'var(--vc-missing)'
                          : stops[heatIndex(value, grid.min, grid.max, stops.length)],
                    }}
                  >
                    <span style={hidden}>{text}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={classes['heatKey']} aria-hidden>
        {format.unit(grid.min, unit)}
        <span style={{ display: 'flex' }}>
          {stops.map((color) => (
            <span key={color} data-stop style={{ background: color }} />
          ))}
        </span>
        {format.unit(grid.max, unit)}
      </div>
    </>
  );
}

const hidden: React.CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clip: 'rect(0 0 0 0)',
  whiteSpace: 'nowrap',
};
