/** @file The runs of the report in order of their error, with the two naive baselines they must beat. */
import type { Metrics } from '../../../src-preload/contract/index.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { modelTitle } from '../model-title.ts';
import type { LeaderboardRow } from '../report-data.ts';
import type { Section } from './section.ts';

export function leaderboard(section: Section): Html {
  const { data, texts, format } = section;
  const { table, metrics } = texts;
  const unit = data.unit ? ` ${texts.unitNote(data.unit)}` : '';
  const daily = unlessListed(data.baseline?.daily ?? null, data.leaderboard);
  const weekly = unlessListed(data.baseline?.weekly ?? null, data.leaderboard);
  return html`<section>
    <h2>${texts.headings.leaderboard}</h2>
    <p class="lead">
      ${texts.leads.leaderboard[data.main.task === 'regression' ? 'regression' : 'forecast']}${unit}
    </p>
    <table>
      <thead>
        <tr>
          <th class="left">${table.rank}</th>
          <th class="left">${table.model}</th>
          <th>${metrics.mae.name}</th>
          <th>${metrics.rmse.name}</th>
          <th class="minor">${metrics.wape.name}</th>
          <th class="minor">${metrics.r2.name}</th>
          <th class="minor">${metrics.wql.name}</th>
          <th>${table.coverage}</th>
          <th>${table.skill}</th>
        </tr>
      </thead>
      <tbody>
        ${data.leaderboard.map((row, i) => runRow(row, i, section))}
        ${baselineRow(texts.baselineRow.daily, daily, true, section)}
        ${baselineRow(texts.baselineRow.weekly, weekly, daily === null, section)}
      </tbody>
    </table>
    ${data.leaderboard.some((row) => row.pValue !== null) ? html`<p class="note">${significanceNote(section)}</p>` : null}
  </section>`;

  function significanceNote({ data: d, texts: t }: Section): string {
    const parts = d.leaderboard
      .filter((row) => row.pValue !== null)
      .map((row) => `${modelTitle(row.run)}: ${t.table.against} ${format.pValue(row.pValue)}`);
    return `Diebold–Mariano, ${modelTitle(d.main)} ↔ ${parts.join(' · ')}`;
  }
}

function runRow(row: LeaderboardRow, index: number, { texts, format }: Section): Html {
  const { run } = row;
  const m = run.metrics;
  return html`<tr class="${row.main ? 'main' : ''}">
    <td class="left">${index + 1}</td>
    <td class="left wrap model">
      ${modelTitle(run)}${run.champion ? html`<span class="badge">${texts.champion}</span>` : null}<span
        class="file"
        >${run.recipe}${row.comparable ? '' : ` · ${texts.otherRows}`}</span
      >
    </td>
    ${figures(m, format)}
    <td>${format.percent(m?.coverage80 ?? null)}</td>
    <td>${format.percent(run.skill)}${skillMeter(run.skill)}</td>
  </tr>`;
}

function baselineRow(
  name: string,
  metrics: Metrics | null,
  first: boolean,
  { format }: Section,
): Html | null {
  if (metrics === null) return null;
  return html`<tr class="reference${first ? ' first' : ''}">
    <td></td>
    <td class="left">${name}</td>
    ${figures(metrics, format)}
    <td></td>
    <td></td>
  </tr>`;
}

function figures(m: Metrics | null, format: Section['format']): Html {
  return html`<td>${format.number(m?.mae ?? null)}</td>
    <td>${format.number(m?.rmse ?? null)}</td>
    <td class="minor">${format.percent(m?.wape ?? null)}</td>
    <td class="minor">${format.number(m?.r2 ?? null, 2)}</td>
    <td class="minor">${format.number(m?.wql ?? null)}</td>`;
}

/** A naive model among the runs is the baseline itself: one row is enough. */
function unlessListed(baseline: Metrics | null, rows: readonly LeaderboardRow[]): Metrics | null {
  const mae = baseline?.mae ?? null;
  if (mae === null) return null;
  const listed = rows.some(
    ({ run }) =>
      run.modelType === 'seasonal_naive' && Math.abs((run.metrics?.mae ?? Infinity) - mae) < 0.005 * mae,
  );
  return listed ? null : baseline;
}

/** Skill as a bar, full at 60 % better than the baseline; a loss against it in the warning colour. */
function skillMeter(skill: number | null): Html | null {
  if (skill === null) return null;
  const width = Math.round(Math.min(1, Math.abs(skill) / 0.6) * 100);
  return html`<span class="meter${skill < 0 ? ' bad' : ''}"><i style="width:${width}%"></i></span>`;
}
