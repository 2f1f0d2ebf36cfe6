/** @file Report data as one HTML file: no script, no outside resource, readable on a screen and on paper. */
import { createFormatter } from './format.ts';
import type { Language } from './format.ts';
import { html, trusted } from './html.ts';
import type { ReportData } from './report-data.ts';
import { dataSection, inputs } from './sections/data-section.ts';
import { calibration, errors, worstDays } from './sections/errors.ts';
import { leaderboard } from './sections/leaderboard.ts';
import { method } from './sections/method.ts';
import { forecastSection, recent } from './sections/over-time.ts';
import type { Section } from './sections/section.ts';
import { allFigures, summary } from './sections/summary.ts';
import { styleSheet } from './style.ts';
import { textsOf } from './texts/texts.ts';

export interface RenderOptions {
  readonly language: Language;
  /** base64 of a woff2 file to embed, or null for the system's type */
  readonly font: string | null;
}

export function renderHtml(data: ReportData, options: RenderOptions): string {
  const texts = textsOf(options.language);
  const format = createFormatter(options.language, data.timezone);
  const section: Section = { data, texts, format };
  const title = `${texts.report}: ${data.target} · ${data.dataset.dataset}`;
  const css = styleSheet({
    header: `${texts.report} · ${data.target} · ${data.dataset.dataset}`,
    footer: `${texts.madeBy(data.version)} · ${format.date(data.createdAt)}`,
    page: texts.page,
    font: options.font,
  });
  const page = html`<!doctype html>
    <html lang="${options.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
        />
        <meta name="generator" content="Voltcast ${data.version}" />
        <title>${title}</title>
        <style>
          ${trusted(css)}
        </style>
      </head>
      <body>
        <main>
          ${summary(section)} ${forecastSection(section)} ${recent(section)} ${leaderboard(section)}
          ${errors(section)} ${worstDays(section)} ${calibration(section)} ${inputs(section)}
          ${dataSection(section)} ${allFigures(section)} ${method(section)}
          <footer class="end">
            <span>${texts.madeBy(data.version)}</span><span>${format.dateTime(data.createdAt)}</span>
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}
