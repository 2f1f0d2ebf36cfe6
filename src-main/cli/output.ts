/** @file What the command line prints: tables and figures for people, one JSON document for programs. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { ErrorData, Metrics, RunSummary, Warning } from '../../src-preload/contract/index.ts';

export const print = (text = ''): void => console.log(text);
export const printJson = (document: unknown): void => console.log(JSON.stringify(document));

export function printError(error: ErrorData): void {
  const place = error.place;
  const where = [
    place?.file,
    place?.line === undefined ? undefined : `line ${place.line}`,
    place?.column === undefined ? undefined : `column ${place.column}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
  process.stderr.write(
    `${pc.red('error')} ${pc.dim(`[${error.code}]`)} ${error.message}${where === '' ? '' : pc.dim(` (${where})`)}\n`,
  );
  const issues = error.details?.['issues'];
  if (Array.isArray(issues))
    for (const issue of issues as {
      message?: string;
      line?: number | null;
      column?: number | null;
      suggestion?: string | null;
    }[])
      process.stderr.write(
        `  ${issue.line ?? '-'}:${issue.column ?? '-'} ${issue.message ?? ''}${issue.suggestion ? ` Did you mean "${issue.suggestion}"?` : ''}\n`,
      );
  if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
}

export function printWarnings(warnings: readonly Warning[]): void {
  for (const warning of warnings) {
    print(`  ${pc.yellow('!')} ${warning.message} ${pc.dim(`[${warning.code}]`)}`);
    if (warning.hint !== undefined) print(`    ${pc.dim(warning.hint)}`);
  }
}

export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const table = new Table({
    head: head.map((text) => pc.bold(text)),
    style: { head: [], border: pc.isColorSupported ? ['gray'] : [], compact: true },
  });
  for (const row of rows) table.push(row.map((cell) => (cell === null ? '–' : String(cell))));
  print(table.toString());
}

export const figure = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : String(Number(value.toPrecision(digits)));
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined || !Number.isFinite(share) ? '–' : `${(share * 100).toFixed(1)} %`;
export const seconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`;
export const stamp = (ms: number | null): string =>
  ms === null ? '–' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** What programs get of a run; the keys are promised. */
export function runForJson(run: RunSummary): Record<string, unknown> {
  const { id, recipe, modelType, status, durationMs, metrics, skill, baseline, error } = run;
  return {
    id,
    recipe,
    modelType,
    status,
    durationMs,
    metrics,
    skill,
    baseline,
    error,
    experiment: run.experiment,
    dataset: run.dataset,
    datasetVersion: run.datasetVersion,
    target: run.target,
    unit: run.unit,
    horizon: run.horizon,
    splitKey: run.splitKey,
    champion: run.champion,
    thresholdsMet: run.thresholdsMet,
  };
}

const byMae = (a: RunSummary, b: RunSummary): number =>
  (a.metrics?.mae ?? Infinity) - (b.metrics?.mae ?? Infinity);

/** Runs from best to worst, with the baseline they must beat. */
export function printLeaderboard(runs: readonly RunSummary[]): void {
  const sorted = [...runs].sort(byMae);
  const unit = sorted.find((run) => run.unit !== null)?.unit ?? null;
  const withUnit = (name: string): string => (unit === null ? name : `${name} ${unit}`);
  printTable(
    [
      '',
      'run',
      'recipe',
      'status',
      withUnit('MAE'),
      withUnit('RMSE'),
      'WAPE',
      'MASE',
      'R²',
      'WQL',
      'cover 80 %',
      'skill',
      'time',
    ],
    sorted.map((run) => {
      const m: Partial<Metrics> = run.metrics ?? {};
      return [
        run.champion ? '★' : '',
        run.id.slice(0, 8),
        run.recipe,
        run.status,
        figure(m.mae),
        figure(m.rmse),
        percent(m.wape),
        figure(m.mase),
        figure(m.r2),
        percent(m.wql),
        percent(m.coverage80),
        percent(run.skill),
        seconds(run.durationMs),
      ];
    }),
  );
  const baseline = sorted.find((run) => run.baseline !== null)?.baseline;
  if (baseline)
    print(
      pc.dim(
        `baseline: ${baseline.name}, MAE ${figure(baseline.mae)}, RMSE ${figure(baseline.rmse)}; skill = 1 − MAE / baseline MAE`,
      ),
    );
  for (const run of sorted) if (run.error) printError(run.error);
}
