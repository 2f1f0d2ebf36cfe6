/** @file Curves: the forecast that was made last, and the last days of the backtest. */
import type { Forecast } from '../../../src-preload/contract/index.ts';
import { legend, timeChart } from '../charts/time-chart.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Section } from './section.ts';

const DAY_MS = 86_400_000;

export function recent({ data, texts, format }: Section): Html {
  const { t, actual, predicted, low, high, innerLow, innerHigh } = data.recent;
  const days = t.length ? Math.max(1, Math.round((t[t.length - 1] - t[0]) / DAY_MS)) : 0;
  const hasBand = low.some((value) => value !== null);
  return html`<section>
    <h2>${texts.headings.recent}</h2>
    <p class="lead">${texts.leads.recent(format.length(days * DAY_MS))}</p>
    ${legend([
      { kind: 'actual', label: texts.legend.actual },
      { kind: 'predicted', label: texts.legend.predicted },
      ...(hasBand
        ? [
            { kind: 'band', label: texts.legend.outer },
            { kind: 'band-1', label: texts.legend.inner },
          ]
        : []),
    ])}
    <figure>
      ${timeChart(
        {
          title: texts.headings.recent,
          unit: data.unit,
          timezone: data.timezone,
          height: 172,
          bands: [
            { t, low, high },
            { t, low: innerLow, high: innerHigh },
          ],
          lines: [
            { t, y: actual, role: 'actual' },
            { t, y: predicted, role: 'predicted' },
          ],
        },
        format,
      )}
    </figure>
  </section>`;
}

export function forecastSection({ data, texts, format }: Section): Html | null {
  const { forecast } = data;
  if (forecast === null || forecast.rows.length === 0) return null;
  const t = forecast.rows.map((row) => row.t);
  const levels = [...forecast.levels].sort((a, b) => a - b);
  const at = (level: number | undefined): (number | null)[] =>
    forecast.rows.map((row) => (level === undefined ? null : (row.quantiles[String(level)] ?? null)));
  const median =
    levels.find((level) => Math.abs(level - 0.5) < 1e-9) ?? levels[Math.floor(levels.length / 2)];
  const outer = levels.length > 1 ? [levels[0], levels[levels.length - 1]] : [];
  const inner = levels.length > 4 ? [near(levels, 0.3), near(levels, 0.7)] : [];
  const percent = (level: number): string => format.percent(level, 0).replace(/\s*%/, '');
  const bandName = (pair: readonly number[]): string =>
    texts.legend.outer.replace('10–90', `${percent(pair[0])}–${percent(pair[1])}`);
  return html`<section>
    <h2>${texts.headings.forecast}</h2>
    <p class="lead">
      ${texts.leads.forecast({ issued: format.dateTime(forecast.issuedAt), origin: format.dateTime(forecast.origin) })}
    </p>
    ${legend([
      { kind: 'actual', label: texts.legend.actual },
      { kind: 'predicted', label: texts.legend.median },
      ...(outer.length ? [{ kind: 'band', label: bandName(outer) }] : []),
      ...(inner.length ? [{ kind: 'band-1', label: bandName(inner) }] : []),
    ])}
    <figure>
      ${timeChart(
        {
          title: texts.headings.forecast,
          unit: forecast.unit ?? data.unit,
          timezone: forecast.timezone,
          height: 172,
          bands: [outer, inner]
            .filter((pair) => pair.length)
            .map(([low, high]) => ({ t, low: at(low), high: at(high) })),
          lines: [
            { ...historyOf(forecast), role: 'actual' },
            { t, y: at(median), role: 'predicted' },
          ],
          mark: { t: forecast.origin, label: texts.legend.origin },
        },
        format,
      )}
    </figure>
    ${
      forecast.warnings.length
        ? html`<ul>
            ${forecast.warnings.map((warning) => html`<li>${warning.message}</li>`)}
          </ul>`
        : null
    }
  </section>`;
}

/** Enough of the past to see the rhythm the forecast goes on with, not so much that it shrinks to a sliver. */
function historyOf(forecast: Forecast): { t: number[]; y: (number | null)[] } {
  const span = forecast.rows[forecast.rows.length - 1].t - forecast.rows[0].t;
  const from = forecast.origin - Math.max(6 * span, 2 * DAY_MS);
  const first = Math.max(
    0,
    forecast.history.t.findIndex((t) => t > from),
  );
  return { t: forecast.history.t.slice(first), y: forecast.history.actual.slice(first) };
}

const near = (levels: readonly number[], wanted: number): number =>
  levels.reduce((best, level) => (Math.abs(level - wanted) < Math.abs(best - wanted) ? level : best));
