/** @file Reports: reads what the runs left behind, builds the plain data, writes HTML or has it printed. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../src-preload/contract/index.ts';
import type { Forecast, ParsedInput, Report, RunDetail } from '../../src-preload/contract/index.ts';
import { diagnose } from '../metrics/diagnostics.ts';
import { reportFont } from '../reports/font.ts';
import { renderHtml } from '../reports/render-html.ts';
import { buildReportData } from '../reports/report-data.ts';
import type { Workspace } from '../workspace/types.ts';
import { hasBacktest, readBacktest, readCurves, readImportance } from './run-artifacts.ts';

export interface ReportService {
  /**
   * @throws {AppError} `run-not-found`, `run-not-evaluated` when none of the runs has a backtest, `runs-of-several-datasets`,
   *   what `printPdf` throws, or the file system's errors
   */
  create(input: ParsedInput<'reports.create'>): Promise<Report>;
}

export interface ReportDeps {
  readonly workspace: Workspace;
  /** prints a self-contained page to a PDF file */
  readonly printPdf: (html: string, out: string) => Promise<void>;
  /** of the app, for the page that says how to reproduce the figures */
  readonly version?: string;
  readonly now?: () => number;
}

const DIAGNOSTIC_POINTS = 2000;

export function createReportService(deps: ReportDeps): ReportService {
  const { workspace, printPdf } = deps;
  return {
    async create(input) {
      const createdAt = (deps.now ?? Date.now)();
      const html = render(workspace, input, { createdAt, version: deps.version ?? '' });
      const id = randomUUID();
      const file = path.resolve(input.out ?? defaultFile(workspace, input, createdAt));
      mkdirSync(path.dirname(file), { recursive: true });
      if (input.format === 'pdf') await printPdf(html, file);
      else await writeFileAtomic(file, html);
      const report: Report = {
        id,
        format: input.format,
        file,
        bytes: statSync(file).size,
        runIds: input.runIds,
        createdAt,
      };
      // A reader may look and print; only the writer keeps a list.
      if (!workspace.readOnly) workspace.addReport(report);
      return report;
    },
  };
}

function render(
  workspace: Workspace,
  input: ParsedInput<'reports.create'>,
  facts: { readonly createdAt: number; readonly version: string },
): string {
  const runs = [...new Set(input.runIds)].map((id) => workspace.getRun(id));
  const evaluated = runs.filter(hasBacktest);
  if (evaluated.length === 0) readBacktest(workspace, runs[0]); // says why there is nothing to report on
  const first = evaluated[0];
  const stranger = evaluated.find((run) => run.dataset !== first.dataset);
  if (stranger)
    throw new AppError({
      code: 'runs-of-several-datasets',
      message: `A report is about one dataset, these runs are of "${first.dataset}" and "${stranger.dataset}".`,
      hint: 'Make one report for each dataset.',
    });
  const entries = evaluated.map((run) => ({ run, backtest: readBacktest(workspace, run) }));
  const { version, profile } = workspace.getDatasetVersion(first.dataset, first.datasetVersion);
  const data = buildReportData({
    ...facts,
    dataset: version,
    profile,
    runs: entries,
    diagnosticsOf: (backtest, run) =>
      diagnose(backtest, {
        runId: run.id,
        points: DIAGNOSTIC_POINTS,
        featureImportance: readImportance(workspace, run),
        curves: readCurves(workspace, run),
      }),
    forecastOf: (run) => latestForecast(workspace, run),
  });
  return renderHtml(data, { language: input.language, font: reportFont() });
}

function latestForecast(workspace: Workspace, run: RunDetail): Forecast | null {
  const forecasts = workspace.listForecasts({ runId: run.id });
  const latest = forecasts.reduce<(typeof forecasts)[number] | null>(
    (best, entry) => (best === null || entry.issuedAt > best.issuedAt ? entry : best),
    null,
  );
  return latest === null ? null : workspace.getForecast(latest.id);
}

/** `reports/steel_industry-2026-03-01-1a2b3c.pdf` in the workspace; letters that file systems dislike become `-`. */
function defaultFile(workspace: Workspace, input: ParsedInput<'reports.create'>, createdAt: number): string {
  const dataset = workspace.getRun(input.runIds[0]).dataset;
  const name = dataset.replace(/[^\p{L}\p{N}_.]+/gu, '-').replace(/^[.-]+|-+$/g, '') || 'report';
  const key = createHash('sha256')
    .update(`${input.runIds.join()}${createdAt}${input.language}`)
    .digest('hex')
    .slice(0, 6);
  const day = new Date(createdAt).toISOString().slice(0, 10);
  return path.join(workspace.path, 'reports', `${name}-${day}-${key}.${input.format}`);
}
