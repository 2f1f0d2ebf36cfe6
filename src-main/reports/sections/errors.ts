/** @file Where the model errs: by lead time, by hour of the week, on its worst days; and whether the interval holds. */
import { calibrationChart, errorHistogram, leadChart, weekHeatmap } from '../charts/small-charts.ts';
import { extent } from '../charts/scale.ts';
import { legend, timeChart } from '../charts/time-chart.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Section } from './section.ts';

export function errors({ data, texts, format }: Section): Html {
  const { diagnostics: d, unit } = data;
  const weekdays = format.weekdays();
  // With one lead, or none (regression), there is no curve to draw.
  const oneLead = d.byLead.mae.length < 2 || data.main.task === 'regression';
  return html`<section>
    <h2>${texts.headings.errors}</h2>
    <p class="lead">${texts.leads.errors(oneLead)}</p>
    <div class="pair">
      ${
        oneLead
          ? null
          : html`<figure>
              <figcaption>${texts.charts.byLead}</figcaption>
              ${leadChart(d.byLead, data.resolutionMs, { title: texts.charts.byLead, unit, hours: texts.charts.hoursAhead, days: texts.charts.daysAhead }, format)}${legend(
                [
                  { kind: 'predicted', label: texts.metrics.mae.name },
                  { kind: 'bias', label: texts.legend.bias },
                ],
              )}
            </figure>`
      }
      <figure>
        <figcaption>${texts.charts.histogram}</figcaption>
        ${errorHistogram(d.residualHistogram, { title: texts.charts.histogram, unit }, format)}
      </figure>
    </div>
    <figure>
      <figcaption>${texts.charts.byHour}</figcaption>
      ${weekHeatmap(d.byHourOfWeek.mae, { title: texts.charts.byHour, weekdays, unit }, format)}
      ${hardest(d.byHourOfWeek.mae, weekdays, { data, texts, format })}
    </figure>
  </section>`;
}

function hardest(
  mae: readonly (number | null)[],
  weekdays: readonly string[],
  { data, texts, format }: Section,
): Html | null {
  const ranked = [...mae.keys()].filter((hour) => mae[hour] !== null).sort((a, b) => mae[b]! - mae[a]!);
  if (ranked.length < 2) return null;
  const name = (hour: number): string =>
    `${weekdays[Math.floor(hour / 24)]} ${String(hour % 24).padStart(2, '0')}:00 (${format.quantity(mae[hour], data.unit)})`;
  return html`<p class="note">
    ${texts.heatmapNote({ worst: name(ranked[0]), best: name(ranked[ranked.length - 1]) })}
  </p>`;
}

export function worstDays({ data, texts, format }: Section): Html | null {
  const { worst, diagnostics, unit } = data;
  if (diagnostics.worstDays.length === 0) return null;
  const { table, metrics } = texts;
  const suffix = unit ? ` (${unit})` : '';
  const range = extent(
    ...worst.flatMap(({ chunk }) => [chunk.actual, chunk.predicted, chunk.high, chunk.low]),
  );
  return html`<section>
    <h2>${texts.headings.worst}</h2>
    <p class="lead">${texts.leads.worst}</p>
    <div class="minis">
      ${worst.map(
        ({ day, chunk }) =>
          html`<figure>
            <figcaption>
              ${format.day(day.day)} · ${metrics.mae.name} ${format.quantity(day.mae, unit)}
            </figcaption>
            ${timeChart(
              {
                title: day.day,
                unit: null,
                hoursOnly: true,
                timezone: data.timezone,
                width: 352,
                height: 132,
                yRange: range,
                bands: [{ t: chunk.t, low: chunk.low, high: chunk.high }],
                lines: [
                  { t: chunk.t, y: chunk.actual, role: 'actual' },
                  { t: chunk.t, y: chunk.predicted, role: 'predicted' },
                ],
              },
              format,
            )}
          </figure>`,
      )}
    </div>
    <table>
      <thead>
        <tr>
          <th class="left">${table.day}</th>
          <th>${metrics.mae.name}${suffix}</th>
          <th>${table.meanActual}${suffix}</th>
          <th>${table.meanPredicted}${suffix}</th>
          <th>${table.direction}</th>
        </tr>
      </thead>
      <tbody>
        ${diagnostics.worstDays.map(
          (day) =>
            html`<tr>
              <td class="left">${format.day(day.day)}</td>
              <td>${format.number(day.mae)}</td>
              <td>${format.number(day.actualMean)}</td>
              <td>${format.number(day.predictedMean)}</td>
              <td>${direction(day)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;

  /** A day whose mean is off by most of its MAE was missed in one direction. */
  function direction(day: { mae: number; actualMean: number; predictedMean: number }): string {
    const off = day.predictedMean - day.actualMean;
    if (Math.abs(off) < 0.5 * day.mae) return texts.mixed;
    return off > 0 ? texts.tooHigh : texts.tooLow;
  }
}

export function calibration({ data, texts, format }: Section): Html {
  const { diagnostics: d, guideline14: g14 } = data;
  const hasLevels = d.calibration.level.length > 1;
  return html`<section>
    <h2>${texts.headings.calibration}</h2>
    ${hasLevels ? html`<p class="lead">${texts.leads.calibration}</p>` : html`<p class="lead">${texts.verdict.trust.unknown('')}</p>`}
    <div class="pair">
      ${
        hasLevels
          ? html`<figure>
              <figcaption>${texts.charts.calibration}</figcaption>
              ${calibrationChart(d.calibration, { title: texts.charts.calibration, nominal: texts.charts.nominal, observed: texts.charts.observed }, format)}
            </figure>`
          : null
      }
      ${
        g14
          ? html`<div class="box">
              <h3>${texts.g14.heading}</h3>
              <p>
                ${texts.g14.sentence({ met: g14.met, cv: format.percent(g14.cvrmse), cvLimit: format.percent(g14.cvrmseLimit, 0), nmbe: format.signedPercent(g14.nmbe), nmbeLimit: format.percent(g14.nmbeLimit, 0), basis: g14.basis })}
              </p>
              <p class="note">${texts.g14.note}</p>
            </div>`
          : null
      }
    </div>
  </section>`;
}
