/** @file The top of the report: title, the verdict in a sentence, five figures; and the run's full list of metrics. */
import { metricNames } from '../../../src-preload/contract/index.ts';
import type { MetricName } from '../../../src-preload/contract/index.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { modelTitle } from '../model-title.ts';
import type { Section } from './section.ts';

const DAY_MS = 86_400_000;

export function summary({ data, texts, format }: Section): Html {
  const { main, verdict, unit } = data;
  const metrics = main.metrics;
  const task = main.task === 'regression' ? texts.task.regression : texts.task.forecast;
  const isDay = data.horizonMs === DAY_MS;
  const sentence = texts.verdict.quality[verdict.quality]({
    model: modelTitle(main),
    verb: task.verb,
    target: data.target,
    ahead: task.how ?? texts.ahead(format.length(data.horizonMs), isDay),
    mae: format.quantity(metrics?.mae ?? null, unit),
    skill: format.percent(verdict.skill, 0),
    baseline: texts.baselineOf(data.baseline?.name ?? ''),
  });
  const trust = texts.verdict.trust[verdict.trust](format.percent(verdict.coverage80));
  const { runnerUp } = verdict;
  const cards = [
    { ...texts.cards.mae, value: format.quantity(metrics?.mae ?? null, unit) },
    { ...texts.cards.skill, value: format.percent(verdict.skill) },
    { ...texts.cards.wape, value: format.percent(metrics?.wape ?? null) },
    { ...texts.cards.coverage, value: format.percent(verdict.coverage80) },
    { ...texts.cards.peak, value: format.quantity(metrics?.peakError ?? null, unit) },
  ];
  return html`<header class="top">
    <div class="kicker">
      <span><b>Voltcast</b> · ${texts.report}</span><span>${format.dateTime(data.createdAt)}</span>
    </div>
    <h1>${data.target}</h1>
    <p class="subtitle">
      ${data.dataset.dataset} · ${texts.data.version(String(data.dataset.version))} ·
      ${modelTitle(main)}${main.champion ? ` · ${texts.champion}` : ''}
    </p>
    <p class="verdict">${sentence} ${trust}</p>
    ${runnerUp && runnerUp.pValue !== null ? html`<p class="aside">${texts.verdict.runnerUp({ model: modelTitle(runnerUp.run), pValue: format.pValue(runnerUp.pValue), significant: runnerUp.pValue < 0.05 })}</p>` : null}
    <p class="aside">
      ${texts.testSpan({ from: format.date(data.test.from), to: format.date(data.test.to), windows: main.task === 'regression' ? null : format.integer(data.test.windows), readings: format.integer(data.test.readings) })}
    </p>
    <div class="cards">
      ${cards.map((card) => html`<div class="card"><b>${card.value}</b><span>${card.label}</span><small>${card.note}</small></div>`)}
    </div>
  </header>`;
}

const shares: ReadonlySet<MetricName> = new Set(['mape', 'smape', 'wape', 'cvrmse', 'coverage80']);

/** One metric as its kind demands: a share, a quantity, or a bare number. */
export function metricText(name: MetricName, value: number | null, { data, format }: Section): string {
  if (value === null) return format.number(null);
  if (name === 'nmbe') return format.signedPercent(value);
  if (shares.has(name)) return format.percent(value);
  if (name === 'r2' || name === 'mase' || name === 'wql') return format.number(value);
  return format.quantity(value, data.unit);
}

export function allFigures(section: Section): Html {
  const { data, texts } = section;
  return html`<section>
    <h2>${texts.headings.figures}</h2>
    <table>
      <tbody>
        ${metricNames.map(
          (name) =>
            html`<tr>
              <td class="left">${texts.metrics[name].name}</td>
              <td class="left wrap">${texts.metrics[name].meaning}</td>
              <td>${metricText(name, data.main.metrics?.[name] ?? null, section)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
