/** @file The numbers of a forecast by local time; only the rows in sight are drawn. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Forecast } from '../../../src-preload/contract/index.ts';
import { localStamp, middleLevel, quantileAt } from '../../charts/forecast-shapes.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './forecast.module.css';

const rowHeight = 34;

export function ForecastTable({ forecast }: { readonly forecast: Forecast }) {
  const { t } = useTranslation('forecast');
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const { rows, levels } = forecast;
  const middle = middleLevel(levels);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const span = levels.length + 2;
  return (
    <SectionCard
      title={t('table.title')}
      hint={t('table.hint', {
        zone: forecast.timezone,
        unit: forecast.unit ?? t('table.noUnit'),
        stamp: forecast.stamps === 'ending' ? t('table.ending') : t('table.beginning'),
      })}
      flush
    >
      <div ref={box} className={classes['scroller']} tabIndex={0} role="group" aria-label={t('table.title')}>
        <table className={classes['table']} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <th scope="col">{t('table.day')}</th>
              <th scope="col">{t('table.time')}</th>
              {levels.map((level) => (
                <th key={level} scope="col" data-right data-middle={level === middle}>
                  {level === 0.5 ? t('table.median') : `P${format.number(Math.round(level * 1000) / 10)}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 ? (
              <tr aria-hidden>
                <td colSpan={span} style={{ height: before }} />
              </tr>
            ) : null}
            {items.map(({ index }) => {
              const row = rows[index];
              const { day, clock, offset } = localStamp(row.timestamp);
              const at = Date.parse(`${day}T00:00:00Z`);
              return (
                <tr key={row.t} aria-rowindex={index + 2}>
                  <td>
                    {Number.isNaN(at)
                      ? day
                      : `${format.weekday((new Date(at).getUTCDay() + 6) % 7)} ${format.date(at, 'UTC')}`}
                  </td>
                  <td>
                    {clock} <span className={classes['offset']}>{offset}</span>
                  </td>
                  {levels.map((level) => (
                    <td key={level} data-right data-middle={level === middle}>
                      {format.number(quantileAt(row.quantiles, level), 2)}
                    </td>
                  ))}
                </tr>
              );
            })}
            {after > 0 ? (
              <tr aria-hidden>
                <td colSpan={span} style={{ height: after }} />
              </tr>
            ) : null}
          </tbody>
        </table>
      </div>
    </SectionCard>
  );
}
