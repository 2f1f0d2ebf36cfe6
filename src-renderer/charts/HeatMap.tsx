/** @file Hour × day at a glance: weekends, shifts, holidays and holes. Arrow keys read single cells. */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Heatmap } from '../../src-preload/contract/index.ts';
import { heatStops } from '../theme/tokens.ts';
import { useTokens } from '../theme/use-tokens.ts';
import { useFormat } from '../widgets/use-format.ts';
import classes from './charts.module.css';
import { dayTicks, heatDomain, heatPixels, slotClock } from './heat-map-data.ts';

interface Cell {
  readonly day: number;
  readonly slot: number;
}

const hours = [0, 6, 12, 18];

export function HeatMap({ map, height = 240 }: { readonly map: Heatmap; readonly height?: number }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const set = useTokens();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: axis, width } = useElementSize<HTMLDivElement>();
  const [cell, setCell] = useState<Cell | null>(null);
  const domain = useMemo(() => heatDomain(map.values), [map]);
  const days = map.days.length;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !domain || days === 0) return;
    // drawn at one pixel per reading; the style sheet stretches it without smoothing
    context.canvas.width = days;
    context.canvas.height = map.slots;
    context.putImageData(
      new ImageData(heatPixels(map, domain, heatStops(set), set.missing), days, map.slots),
      0,
      0,
    );
  }, [map, domain, days, set]);

  if (!domain || days === 0) return <p className={classes['caption']}>{t('heat.none')}</p>;

  const dayText = (day: string): string => format.date(Date.parse(`${day}T00:00:00Z`), 'UTC');
  const tickText = (day: string): string =>
    new Intl.DateTimeFormat(format.language, {
      timeZone: 'UTC',
      month: 'short',
      ...(days > 400 ? { year: '2-digit' } : days < 45 ? { day: 'numeric' } : {}),
    }).format(Date.parse(`${day}T00:00:00Z`));
  const value = cell ? (map.values[cell.day * map.slots + cell.slot] ?? null) : null;
  const cellText = cell
    ? `${format.weekday((new Date(`${map.days[cell.day]!}T00:00:00Z`).getUTCDay() + 6) % 7)} ${dayText(map.days[cell.day]!)}, ${slotClock(cell.slot, map.slots)}: ${
        value === null ? t('heat.missing') : format.unit(value, map.unit)
      }`
    : null;

  const onMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setCell({
      day: Math.min(days - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * days))),
      slot: Math.min(
        map.slots - 1,
        Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * map.slots)),
      ),
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
      PageUp: [-7, 0],
      PageDown: [7, 0],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const from = cell ?? { day: 0, slot: Math.floor(map.slots / 2) };
    setCell({
      day: Math.min(days - 1, Math.max(0, from.day + step[0])),
      slot: Math.min(map.slots - 1, Math.max(0, from.slot + step[1])),
    });
  };

  return (
    <div>
      <div className={classes['heatTop']}>
        <span className={classes['readout']} aria-live="polite">
          {cellText ?? <strong>{`${dayText(map.days[0]!)} – ${dayText(map.days[days - 1]!)}`}</strong>}
        </span>
        <span className={classes['legend']}>
          {format.number(domain[0])}
          <span
            className={classes['ramp']}
            style={{ background: `linear-gradient(to right, ${heatStops(set).join(', ')})` }}
          />
          {format.unit(domain[1], map.unit)}
        </span>
      </div>
      <div className={classes['heat']} style={{ height }}>
        <div className={classes['heatHours']} aria-hidden>
          {hours.map((hour) => (
            <span key={hour} style={{ top: `${(hour / 24) * 100}%` }}>
              {String(hour).padStart(2, '0')}:00
            </span>
          ))}
        </div>
        <div
          className={classes['heatPlot']}
          tabIndex={0}
          role="img"
          aria-label={t('heat.label', { from: dayText(map.days[0]!), to: dayText(map.days[days - 1]!) })}
          onKeyDown={onKey}
        >
          <canvas ref={canvas} onPointerMove={onMove} onPointerLeave={() => setCell(null)} />
          {cell ? (
            <span
              className={classes['heatCursor']}
              style={{
                left: `${(cell.day / days) * 100}%`,
                top: `${(cell.slot / map.slots) * 100}%`,
                width: `max(5px, ${100 / days}%)`,
                height: `max(5px, ${100 / map.slots}%)`,
              }}
            />
          ) : null}
        </div>
        <div className={classes['heatDays']} ref={axis} aria-hidden>
          {dayTicks(map.days, Math.max(2, Math.floor((width || 600) / 52))).map(({ index, day }) => (
            <span key={day} style={{ left: `${(index / days) * 100}%` }}>
              {tickText(day)}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}
