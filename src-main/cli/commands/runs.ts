/** @file `voltcast runs …`, `voltcast compare`, `voltcast models …` */
import fs from 'node:fs';
import path from 'node:path';
import { stepName } from '../../../src-preload/contract/index.ts';
import type { Session } from '../context.ts';
import {
  figure,
  percent,
  print,
  printError,
  printJson,
  printLeaderboard,
  printTable,
  runForJson,
  seconds,
  stamp,
} from '../output.ts';
import { follow } from './train.ts';

export async function listRuns(
  session: Session,
  filter: { experiment?: string; dataset?: string; limit?: number },
): Promise<number> {
  const { runs, total } = await session.api.call('runs.list', filter);
  if (session.flags.json === true)
    printJson({ runs: runs.map((run) => ({ ...runForJson(run), createdAt: run.createdAt })), total });
  else if (runs.length === 0) print('No runs yet. Start some: voltcast train FILE --portfolio');
  else
    printTable(
      ['', 'run', 'recipe', 'dataset', 'status', 'MAE', 'skill', 'time', 'started'],
      runs.map((run) => [
        run.champion ? '★' : '',
        run.id.slice(0, 8),
        run.recipe,
        `${run.dataset} v${run.datasetVersion}`,
        run.error === null ? run.status : `${run.status}: ${run.error.code}`,
        figure(run.metrics?.mae),
        percent(run.skill),
        seconds(run.durationMs),
        stamp(run.createdAt),
      ]),
    );
  return 0;
}

export async function showRun(session: Session, id: string): Promise<number> {
  const run = await session.api.call('runs.get', { id });
  if (session.flags.json === true) {
    printJson(run);
    return 0;
  }
  print(`${run.id}  ${run.recipe}  ${run.status}  ${run.dataset} v${run.datasetVersion}`);
  printTable(
    ['step', 'status', 'time', 'inputs', 'outputs'],
    run.steps.map((step) => [
      stepName(step.id, run.modelType),
      step.status,
      seconds(step.durationMs),
      step.inputs.map((artifact) => artifact.name).join(' '),
      step.outputs.map((artifact) => `${artifact.name} ${artifact.hash.slice(0, 8)}`).join(' '),
    ]),
  );
  if (run.metrics)
    printTable(
      ['metric', 'value'],
      Object.entries(run.metrics).map(([name, value]) => [name, figure(value, 5)]),
    );
  if (run.error) printError(run.error);
  return 0;
}

export async function showLogs(session: Session, id: string): Promise<number> {
  const lines = await session.api.call('runs.logs', { id, limit: 10_000 });
  if (session.flags.json === true) printJson({ lines });
  else {
    const { modelType } = await session.api.call('runs.get', { id });
    const names = lines.map(({ step }) => (step === null ? '' : stepName(step, modelType)));
    const width = Math.max(16, ...names.map((name) => name.length));
    for (const [i, { at, level, message }] of lines.entries())
      print(`${new Date(at).toISOString()} ${level.padEnd(5)} ${names[i]!.padEnd(width)} ${message}`);
  }
  return 0;
}

export async function cancelRun(session: Session, id: string): Promise<number> {
  await session.api.call('runs.cancel', { id });
  const run = await session.api.call('runs.get', { id });
  if (session.flags.json === true) printJson(runForJson(run));
  else print(`${run.id.slice(0, 8)}: ${run.status}`);
  return 0;
}

async function finish(session: Session, id: string): Promise<number> {
  const runs = await follow(session, [id]);
  if (session.flags.json === true)
    printJson({
      runs: runs.map(runForJson),
      champion: runs[0] ? (session.app.workspace.championOf(runs[0].experiment)?.id ?? null) : null,
    });
  else printLeaderboard(runs);
  return runs.every((run) => run.status === 'succeeded') ? 0 : 1;
}

export async function resumeRun(session: Session, id: string): Promise<number> {
  return finish(session, (await session.api.call('runs.resume', { id })).id);
}

export async function rerunRun(
  session: Session,
  id: string,
  recipeFile: string | undefined,
): Promise<number> {
  const recipe =
    recipeFile === undefined ? {} : { recipe: fs.readFileSync(path.resolve(recipeFile), 'utf8') };
  return finish(session, (await session.api.call('runs.rerun', { id, ...recipe })).id);
}

export async function compareRuns(session: Session, ids: readonly string[]): Promise<number> {
  const comparison = await session.api.call('runs.compare', { ids: [...ids] });
  if (session.flags.json === true) {
    const { runs, sameSplit, params, significance } = comparison;
    printJson({ runs: runs.map(runForJson), sameSplit, params, significance });
    return 0;
  }
  printLeaderboard(comparison.runs);
  if (!comparison.sameSplit)
    print('These runs were evaluated on different rows: their metrics do not compare.');
  if (comparison.params.length > 0)
    printTable(
      ['parameter', ...comparison.runs.map((run) => run.recipe)],
      comparison.params.map((row) => [row.key, ...row.values]),
    );
  return 0;
}

export async function listModels(session: Session): Promise<number> {
  const experiments = await session.api.call('experiments.list', {});
  const rows = experiments.map((experiment) => ({
    ...experiment,
    champion: session.app.workspace.championOf(experiment.name),
  }));
  if (session.flags.json === true)
    printJson({
      experiments: rows.map(({ champion, ...experiment }) => ({
        ...experiment,
        champion: champion === null ? null : runForJson(champion),
      })),
    });
  else
    printTable(
      ['experiment', 'runs', 'champion', 'recipe', 'MAE', 'skill'],
      rows.map(({ name, runs, champion }) => [
        name,
        runs,
        champion?.id.slice(0, 8) ?? null,
        champion?.recipe ?? null,
        figure(champion?.metrics?.mae),
        percent(champion?.skill),
      ]),
    );
  return 0;
}

export async function promoteModel(session: Session, id: string): Promise<number> {
  const run = await session.api.call('models.promote', { id });
  if (session.flags.json === true) printJson(runForJson(run));
  else print(`${run.recipe} (${run.id.slice(0, 8)}) is the champion of ${run.experiment}`);
  return 0;
}
