/** @file The data behind it: what was imported, what was repaired, what had to be kept out; and what the model looks at. */
import type { ColumnInfo, Repair } from '../../../src-preload/contract/index.ts';
import { weekShape } from '../charts/small-charts.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Section } from './section.ts';

export function dataSection(section: Section): Html {
  const { data, texts, format } = section;
  const { dataset, profile } = data;
  const { labels } = texts.data;
  const column = profile.columns.find((candidate) => candidate.name === data.target);
  const gaps = profile.gaps.length
    ? texts.data.gaps({
        count: profile.gaps.length,
        countText: format.integer(profile.gaps.length),
        steps: format.integer(profile.gapSteps),
      })
    : texts.data.noGaps;
  const facts: [string, Html | string][] = [
    [labels.dataset, `${dataset.dataset}, ${texts.data.version(String(dataset.version))}`],
    [labels.hash, html`<code>${dataset.contentHash.slice(0, 16)}</code>`],
    [
      labels.source,
      `${dataset.source.file.split(/[\\/]/).at(-1) ?? ''} (${format.integer(Math.ceil(dataset.source.bytes / 1024))} KiB)`,
    ],
    [labels.span, `${format.dateTime(dataset.start)} – ${format.dateTime(dataset.end)}`],
    [labels.split, `${format.date(data.test.from)} – ${format.date(data.test.to)}`],
    [labels.rows, format.integer(dataset.rows)],
    [labels.frequency, `${format.length(data.resolutionMs)} (${dataset.frequency})`],
    [labels.zone, dataset.timezone],
    [labels.stamps, texts.data.stamps[dataset.stamps]],
    [labels.gaps, gaps],
    [labels.duplicates, format.integer(profile.duplicates)],
    [labels.missing, format.integer(column?.missing ?? 0)],
  ];
  return html`<section>
    <h2>${texts.headings.data}</h2>
    <dl>
      ${facts.map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${
      column && column.weeklyShape.length === 168
        ? html`<figure>
            <figcaption>${texts.charts.week}</figcaption>
            ${weekShape(column.weeklyShape, { title: texts.charts.week, weekdays: format.weekdays(), unit: data.unit }, format)}
          </figure>`
        : null
    }
    <h3>${texts.data.repairs}</h3>
    ${
      dataset.repairs.length
        ? html`<ul>
            ${dataset.repairs.map((repair) => repairItem(repair, section))}
          </ul>`
        : html`<p class="note">${texts.data.noRepairs}</p>`
    }
    ${leakage(section)} ${otherWarnings(section)}
  </section>`;
}

function repairItem(repair: Repair, { texts, format }: Section): Html {
  const parts = [
    repair.column ?? null,
    texts.data.repairRows({ count: repair.rows, countText: format.integer(repair.rows) }),
    repair.effect
      ? texts.data.repairEffect({
          figure: repair.effect.figure,
          before: format.number(repair.effect.before),
          after: format.number(repair.effect.after),
        })
      : null,
    repair.applied ? null : texts.data.notApplied,
  ];
  return html`<li>
    ${texts.data.repair[repair.code]}<small>${parts.filter((part) => part !== null).join(' · ')}</small>
  </li>`;
}

function leakage({ data, texts, format }: Section): Html | null {
  const leaking = data.dataset.columns.filter(
    (column) => column.leakage !== null && column.name !== data.target,
  );
  if (leaking.length === 0) return null;
  const sentence = (column: ColumnInfo): string => {
    const { r2, with: others } = column.leakage!;
    const figures = {
      target: data.target,
      r2: r2 > 0.9999 ? `> ${format.number(0.9999, 4)}` : format.number(r2, 4),
    };
    return others.length === 0
      ? texts.data.leakAlone({ column: column.name, ...figures })
      : texts.data.leakTogether({ columns: [column.name, ...others].sort().join(' + '), ...figures });
  };
  const { task, params } = data.main;
  const allowed = task === 'regression' && params['data.allowLeakage'] === 'true';
  const sentences = [...new Set(leaking.map(sentence))];
  return html`<h3>${texts.data.leakage}</h3>
    <ul>
      ${sentences.map((text) => html`<li>${text}</li>`)}
    </ul>
    <p class="note">${allowed ? texts.data.leakAllowed : texts.data.leakAdvice}</p>`;
}

/** Messages of the importer, in its language; leaks and repairs have their own place above. */
function otherWarnings({ data, texts }: Section): Html | null {
  const repaired = new Set<string>(data.dataset.repairs.map((repair) => repair.code));
  const others = data.dataset.warnings.filter(
    (warning) => !warning.code.startsWith('leak') && !repaired.has(warning.code),
  );
  if (others.length === 0) return null;
  return html`<h3>${texts.data.warnings}</h3>
    <ul>
      ${others.slice(0, 12).map((warning) => html`<li>${warning.message}</li>`)}
    </ul>`;
}

const MAX_INPUTS = 12;

export function inputs({ data, texts, format }: Section): Html | null {
  const shares = data.diagnostics.featureImportance.slice(0, MAX_INPUTS);
  if (shares.length === 0) return null;
  const largest = shares[0].share || 1;
  return html`<section>
    <h2>${texts.headings.inputs}</h2>
    <p class="lead">${texts.leads.inputs}</p>
    <table class="inputs">
      <tbody>
        ${shares.map(
          ({ name, share }) =>
            html`<tr>
              <td class="left wrap">${name}</td>
              <td class="bar">
                <span class="track" style="width:${Math.max(1, Math.round((share / largest) * 100))}%"></span>
              </td>
              <td>${format.percent(share)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
