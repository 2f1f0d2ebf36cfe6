/** @file Error by lead time, heat map by hour of week, calibration, typical week, histogram, importance. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Formatter } from '../format.ts';
import { plot, px, svg, xAxis, yAxis } from './plot.ts';
import { extent, linePath, niceTicks } from './scale.ts';

type Values = readonly (number | null)[];

/** MAE (area) and bias (thin line) over lead times. `x` in hours, or days for long horizons. */
export function leadChart(
  lead: { readonly mae: Values; readonly bias: Values },
  stepMs: number,
  texts: { title: string; unit: string | null; hours: string; days: string },
  format: Formatter,
): Html {
  const total = lead.mae.length * stepMs;
  const inDays = total > 3 * 86_400_000;
  const perStep = stepMs / (inDays ? 86_400_000 : 3_600_000);
  const x = lead.mae.map((_, i) => (i + 1) * perStep);
  const [low, high] = extent(lead.mae, lead.bias, [0]);
  const area = plot({
    width: 352,
    height: 190,
    x: [0, Math.max(...x, perStep)],
    y: [low, high],
    top: 22,
    bottom: 34,
  });
  const ticks = niceTicks(0, area.x.to, 5).filter((tick) => tick <= area.x.to * 1.001);
  const line = linePath(x, lead.mae, area.x, area.y);
  const base = px(area.y.at(0));
  const area0 =
    line === '' ? '' : `${line}L${px(area.x.at(x[x.length - 1]))} ${base}L${px(area.x.at(x[0]))} ${base}Z`;
  return svg(
    area,
    texts.title,
    html`${yAxis(area, format.tick, texts.unit)}
      ${xAxis(
        area,
        ticks.map((tick) => ({ at: tick, label: format.tick(tick) })),
      )}
      <text class="unit" x="${area.right}" y="${area.bottom + 29}" text-anchor="end"
        >${inDays ? texts.days : texts.hours}</text
      >
      <path class="fill" d="${area0}" /><path class="line predicted" d="${line}" />
      <path class="line bias" d="${linePath(x, lead.bias, area.x, area.y)}" />`,
  );
}

/** 7 x 24 cells, darker is worse; the scale below it. */
export function weekHeatmap(
  values: Values,
  texts: { title: string; weekdays: readonly string[]; unit: string | null },
  format: Formatter,
): Html {
  const left = 40;
  const top = 8;
  const cell = { width: 28, height: 17 };
  const width = left + 24 * cell.width + 8;
  const height = top + 7 * cell.height + 46;
  const [, high] = extent(values, [0]);
  const shade = (value: number | null): number => (value === null ? 0 : Math.max(0.02, value / (high || 1)));
  const scaleAt = top + 7 * cell.height + 28;
  return svg(
    { width, height },
    texts.title,
    html`<g class="axis">
        ${texts.weekdays.map((day, i) => html`<text x="${left - 8}" y="${top + i * cell.height + 12}" text-anchor="end">${day}</text>`)}
        ${[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => html`<text x="${left + hour * cell.width}" y="${top + 7 * cell.height + 14}">${String(hour).padStart(2, '0')}:00</text>`)}
      </g>
      ${values.map((value, i) => {
        const day = Math.floor(i / 24);
        const hour = i % 24;
        return html`<rect
          class="${value === null ? 'empty' : 'heat'}"
          x="${left + hour * cell.width}"
          y="${top + day * cell.height}"
          width="${cell.width - 1.5}"
          height="${cell.height - 1.5}"
          rx="2"
          fill-opacity="${shade(value).toFixed(3)}"
          ><title>
            ${texts.weekdays[day]} ${String(hour).padStart(2, '0')}:00 · ${format.quantity(value, texts.unit)}
          </title></rect
        >`;
      })}
      <g class="axis">
        ${Array.from({ length: 24 }, (_, i) => html`<rect class="heat" x="${left + i * 6}" y="${scaleAt}" width="6" height="7" fill-opacity="${Math.max(0.02, (i + 0.5) / 24).toFixed(3)}" />`)}
        <text x="${left + 24 * 6 + 8}" y="${scaleAt + 7}">0 – ${format.quantity(high, texts.unit)}</text>
      </g>`,
  );
}

/** Observed share against nominal level, with the diagonal of a perfect forecast. */
export function calibrationChart(
  calibration: { readonly level: readonly number[]; readonly share: Values },
  texts: { title: string; nominal: string; observed: string },
  format: Formatter,
): Html {
  const area = plot({ width: 352, height: 190, x: [0, 1], y: [0, 1], top: 22, bottom: 34 });
  const percent = (value: number): string => format.percent(value, 0);
  return svg(
    area,
    texts.title,
    html`${yAxis(area, percent, null)}
      ${xAxis(
        area,
        [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: percent(at) })),
      )}
      <text class="unit" x="${area.right}" y="${area.bottom + 29}" text-anchor="end">${texts.nominal}</text>
      <text class="unit" x="${area.left}" y="${area.top - 8}">${texts.observed}</text>
      <line class="ideal" x1="${area.left}" y1="${area.bottom}" x2="${area.right}" y2="${area.top}" />
      <path class="line predicted" d="${linePath(calibration.level, calibration.share, area.x, area.y)}" />
      ${calibration.level.map((level, i) => {
        const share = calibration.share[i];
        return share === null
          ? null
          : html`<circle class="dot" cx="${px(area.x.at(level))}" cy="${px(area.y.at(share))}" r="2.6" />`;
      })}`,
  );
}

/** Mean load per hour of the week. */
export function weekShape(
  values: Values,
  texts: { title: string; weekdays: readonly string[]; unit: string | null },
  format: Formatter,
): Html {
  const [low, high] = extent(values);
  const area = plot({
    height: 140,
    x: [0, 168],
    y: [low > 0 && low < 0.4 * high ? 0 : low, high],
    yTickCount: 3,
    top: 22,
  });
  const hours = values.map((_, i) => i + 0.5);
  const line = linePath(hours, values, area.x, area.y);
  return svg(
    area,
    texts.title,
    html`${yAxis(area, format.tick, texts.unit)}
      <g class="axis">
        ${texts.weekdays.map((day, i) => html`<line class="grid" x1="${px(area.x.at(i * 24))}" x2="${px(area.x.at(i * 24))}" y1="${area.top}" y2="${area.bottom}" /><text x="${px(area.x.at(i * 24 + 12))}" y="${area.bottom + 15}" text-anchor="middle">${day}</text>`)}
      </g>
      <path class="line actual" d="${line}" />`,
  );
}

/** How often the forecast was how far off. */
export function errorHistogram(
  bins: { readonly edges: readonly number[]; readonly counts: readonly number[] },
  texts: { title: string; unit: string | null },
  format: Formatter,
): Html {
  const total = bins.counts.reduce((sum, count) => sum + count, 0) || 1;
  const shares = bins.counts.map((count) => count / total);
  const [from, to] = extent(bins.edges);
  const area = plot({
    width: 352,
    height: 190,
    x: [from, to],
    y: [0, Math.max(...shares, 0.01)],
    top: 22,
    bottom: 34,
  });
  const ticks = niceTicks(from, to, 5).filter((tick) => tick >= from && tick <= to);
  return svg(
    area,
    texts.title,
    html`${yAxis(area, (value) => format.percent(value, 0), null)}
      ${xAxis(
        area,
        ticks.map((at) => ({ at, label: format.tick(at) })),
      )}
      <text class="unit" x="${area.right}" y="${area.bottom + 29}" text-anchor="end"
        >${texts.unit ?? ''}</text
      >
      ${shares.map((share, i) => html`<rect class="bar" x="${px(area.x.at(bins.edges[i]) + 0.4)}" width="${px(Math.max(0.6, area.x.at(bins.edges[i + 1]) - area.x.at(bins.edges[i]) - 0.8))}" y="${px(area.y.at(share))}" height="${px(area.bottom - area.y.at(share))}" />`)}`,
  );
}
