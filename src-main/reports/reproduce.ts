/** @file The commands that make the same figures again, and what must be equal for that. */
import type { DatasetVersion, RunDetail, RunSummary } from '../../src-preload/contract/index.ts';
import { shellQuote } from './format.ts';
import type { ReportData } from './report-data.ts';

/** Recipe files are named by the run; a recipe that was edited is in the report itself. */
export function reproduceCommands(
  dataset: DatasetVersion,
  main: RunDetail,
  runs: readonly RunSummary[],
): ReportData['commands'] {
  const q = shellQuote;
  const file = dataset.source.file.split(/[\\/]/).at(-1) ?? dataset.source.file;
  const zone = dataset.timezone === 'UTC' ? '' : ` --timezone ${q(dataset.timezone)}`;
  const target = main.target === null ? '' : ` --target ${q(main.target)}`;
  const horizon = main.horizon === null ? '' : ` --horizon ${main.horizon}`;
  const test = main.params['split.test'] === undefined ? '' : ` --test ${q(main.params['split.test'])}`;
  const recipes = [...new Set(runs.map((run) => run.recipe))].map((name) => ` --recipe ${q(name)}`).join('');
  const ids = runs.map((run) => q(run.id)).join(' ');
  return [
    { purpose: 'import', line: `voltcast import ${q(file)} --name ${q(dataset.dataset)}${target}${zone}` },
    { purpose: 'train', line: `voltcast train ${q(dataset.dataset)}${recipes}${horizon}${test}` },
    ...(runs.length > 1 ? [{ purpose: 'compare' as const, line: `voltcast compare ${ids}` }] : []),
    {
      purpose: 'forecast',
      line: `voltcast forecast ${q(dataset.dataset)} --run ${q(main.id)}${horizon} --out forecast.csv`,
    },
    { purpose: 'report', line: `voltcast report ${ids} --out report.html` },
  ];
}
