/** @file Values over time with prediction bands: backtest, forecast and single days. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Formatter } from '../format.ts';
import { plot, px, svg, xAxis, yAxis } from './plot.ts';
import { bandPath, extent, linePath, timeTicks } from './scale.ts';
import type { TimeTick } from './scale.ts';

type Values = readonly (number | null)[];

export interface TimeChart {
  readonly title: string;
  readonly unit: string | null;
  readonly timezone: string;
  readonly bands: readonly { readonly t: readonly number[]; readonly low: Values; readonly high: Values }[];
  readonly lines: readonly {
    readonly t: readonly number[];
    readonly y: Values;
    readonly role: 'actual' | 'predicted';
  }[];
  /** a vertical mark, for the origin of a forecast */
  readonly mark?: { readonly t: number; readonly label: string };
  /** a single day whose date stands in the caption */
  readonly hoursOnly?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** common range of small charts side by side */
  readonly yRange?: readonly [number, number];
}

export function timeChart(chart: TimeChart, format: Formatter): Html {
  const times = extent(...chart.lines.map((line) => line.t), ...chart.bands.map((band) => band.t));
  const values =
    chart.yRange ??
    extent(...chart.lines.map((line) => line.y), ...chart.bands.flatMap((band) => [band.low, band.high]));
  // A load that comes near zero is drawn from zero.
  const low = values[0] > 0 && values[0] < 0.4 * values[1] ? 0 : values[0];
  const area = plot({ width: chart.width, height: chart.height, x: times, y: [low, values[1]], top: 22 });
  const ticks = timeTicks(times[0], times[1], chart.timezone, Math.max(3, Math.floor(area.width / 74)));
  return svg(
    area,
    chart.title,
    html`${yAxis(area, format.tick, chart.unit)}
    ${xAxis(area, labelled(ticks, format, chart.hoursOnly ?? false))}
    ${chart.bands.map((band, i) => html`<path class="band band-${i}" d="${bandPath(band.t, band.low, band.high, area.x, area.y)}" />`)}
    ${chart.lines.map((line) => html`<path class="line ${line.role}" d="${linePath(line.t, line.y, area.x, area.y)}" />`)}
    ${chart.mark ? html`<line class="mark" x1="${px(area.x.at(chart.mark.t))}" x2="${px(area.x.at(chart.mark.t))}" y1="${area.top}" y2="${area.bottom}" /><text class="mark-label" x="${px(area.x.at(chart.mark.t) - 5)}" y="${area.top + 8}" text-anchor="end">${chart.mark.label}</text>` : null}`,
  );
}

function labelled(
  ticks: readonly TimeTick[],
  format: Formatter,
  hoursOnly: boolean,
): { at: number; label: string; line: boolean }[] {
  const daily = ticks.every((tick) => tick.midnight);
  return ticks.map((tick) => {
    const iso = new Date(tick.wall).toISOString();
    return {
      at: tick.t,
      label:
        tick.midnight && !hoursOnly && (daily || ticks.length > 1)
          ? format.day(iso.slice(0, 10))
          : iso.slice(11, 16),
      line: tick.midnight,
    };
  });
}

/** What the colours mean, as markup beside a chart. */
export function legend(entries: readonly { readonly kind: string; readonly label: string }[]): Html {
  return html`<div class="legend">
    ${entries.map(({ kind, label }) => html`<span><i class="key ${kind}"></i>${label}</span>`)}
  </div>`;
}
