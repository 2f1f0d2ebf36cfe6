/** @file `voltcast demo`: the main job unattended, on the sample. */
import path from 'node:path';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Session } from '../context.ts';
import { print, printJson, printLeaderboard, runForJson, seconds } from '../output.ts';
import { follow } from './train.ts';

/** Import, train every model that fits, compare, crown the champion, forecast, report. */
export async function demo(session: Session, folder: string): Promise<number> {
  const started = Date.now();
  const say = (text: string): void => {
    if (session.flags.json !== true) print(text);
  };
  say('1. Importing the sample: a synthetic year of a steel plant, a reading each 15 minutes');
  const version = await session.api.call('datasets.importSample', {});
  say(
    `   ${version.rows.toLocaleString('en')} rows, ${version.warnings.length} warnings, ${version.repairs.filter((repair) => repair.applied).length} repairs applied`,
  );
  say('2. Training every model that fits, a day ahead');
  const { experiment, runIds } = await session.api.call('runs.start', {
    dataset: version.dataset,
    version: version.version,
    portfolio: true,
  });
  const runs = await follow(session, runIds);
  say('3. Comparing');
  if (session.flags.json !== true) printLeaderboard(runs);
  const champion = session.app.workspace.championOf(experiment);
  if (champion === null)
    throw new AppError({
      code: 'no-champion',
      message: 'No model could be trained on the sample; the runs above say why.',
    });
  say(`4. Champion: ${champion.recipe}`);
  const made = await session.api.call('forecasts.create', { dataset: version.dataset, runId: champion.id });
  const csv = await session.api.call('forecasts.export', {
    id: made.id,
    format: 'csv',
    out: path.join(folder, 'forecast.csv'),
  });
  say(`5. Forecast of the next ${made.rows.length} steps: ${csv.file}`);
  const html = await session.api.call('reports.create', {
    runIds: runs.filter((run) => run.status === 'succeeded').map((run) => run.id),
    format: 'html',
    out: path.join(folder, 'report.html'),
  });
  say(`6. Report: ${html.file}`);
  say(
    `Done in ${seconds(Date.now() - started)}. Open the app on the same workspace: npm start -- --workspace ${session.app.workspace.path}`,
  );
  if (session.flags.json === true)
    printJson({
      runs: runs.map(runForJson),
      champion: champion.id,
      forecast: csv.file,
      report: html.file,
      durationMs: Date.now() - started,
    });
  return runs.every((run) => run.status === 'succeeded') ? 0 : 1;
}
