/** @file `voltcast train`, and following runs to their end. */
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ImportOptions, RunSummary } from '../../../src-preload/contract/index.ts';
import { isFile } from '../context.ts';
import type { Session } from '../context.ts';
import { print, printJson, printLeaderboard, runForJson } from '../output.ts';
import { followRuns } from '../progress.ts';
import { importFile } from './import.ts';

export interface TrainFlags {
  readonly recipe?: readonly string[];
  readonly portfolio?: boolean;
  readonly thorough?: boolean;
  readonly set?: readonly string[];
  readonly horizon?: number;
  readonly test?: string;
  readonly experiment?: string;
}

/**
 * Which models are to be trained: without a recipe, all that fit.
 * @throws AppError `invalid-option`
 */
export function modelsToTrain({ recipe = [], portfolio, thorough }: TrainFlags): {
  portfolio: boolean;
  thorough: boolean;
} {
  const all = portfolio === true || recipe.length === 0;
  if (thorough === true && !all)
    throw new AppError({
      code: 'invalid-option',
      message: '--thorough adds models to the portfolio, and with --recipe alone there is none.',
      hint: 'Give --portfolio too, or name them: --recipe chronos2_finetuned --recipe chronos2_covariates',
    });
  return { portfolio: all, thorough: thorough === true };
}

/** `key=value` pairs. @throws AppError `invalid-option` */
export function parseAssignments(pairs: readonly string[]): Record<string, string> {
  const set: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new AppError({
        code: 'invalid-option',
        message: `--set takes key=value, not "${pair}".`,
        hint: 'For example --set model.params.max_depth=8',
      });
    set[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return set;
}

/** A share as a number, or a day as text. */
function parseTest(text: string): number | string {
  const share = Number(text);
  if (Number.isFinite(share)) {
    if (share > 0 && share < 1) return share;
    throw new AppError({
      code: 'invalid-option',
      message: `--test takes a share between 0 and 1 or a date, not "${text}".`,
    });
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text))
    throw new AppError({
      code: 'invalid-option',
      message: `--test takes a share between 0 and 1 or a date like 2018-10-20, not "${text}".`,
    });
  return text;
}

/** The dataset that a name or a file stands for; a file is imported first. */
export async function resolveDataset(
  session: Session,
  nameOrFile: string,
  options: ImportOptions,
): Promise<{ dataset: string; version: number }> {
  if (isFile(nameOrFile)) {
    const version = await importFile(session, nameOrFile, options);
    if (session.flags.json !== true)
      print(
        `${version.created ? 'Imported' : 'Already imported'}: ${version.dataset}, version ${version.version}`,
      );
    return { dataset: version.dataset, version: version.version };
  }
  if (/[\\/]|\.(csv|tsv|txt|gz|parquet)$/i.test(nameOrFile))
    throw new AppError({
      code: 'file-not-found',
      message: `There is no file ${nameOrFile}.`,
      place: { file: nameOrFile },
    });
  const { version } = session.app.workspace.getDatasetVersion(nameOrFile);
  return { dataset: version.dataset, version: version.version };
}

export async function train(
  session: Session,
  nameOrFile: string,
  flags: TrainFlags,
  options: ImportOptions,
): Promise<number> {
  const models = modelsToTrain(flags);
  const { dataset, version } = await resolveDataset(session, nameOrFile, options);
  const recipes = (flags.recipe ?? []).map((recipe) =>
    isFile(recipe) ? fs.readFileSync(path.resolve(recipe), 'utf8') : recipe,
  );
  const started = await session.api.call('runs.start', {
    dataset,
    version,
    recipes,
    ...models,
    set: parseAssignments(flags.set ?? []),
    ...(flags.horizon === undefined ? {} : { horizon: flags.horizon }),
    ...(flags.test === undefined ? {} : { test: parseTest(flags.test) }),
    ...(flags.experiment === undefined ? {} : { experiment: flags.experiment }),
  });
  const runs = await follow(session, started.runIds);
  const champion = session.app.workspace.championOf(started.experiment);
  if (session.flags.json === true) printJson({ runs: runs.map(runForJson), champion: champion?.id ?? null });
  else {
    printLeaderboard(runs);
    if (champion) print(`champion of ${started.experiment}: ${champion.recipe} (${champion.id.slice(0, 8)})`);
  }
  return runs.every((run) => run.status === 'succeeded') ? 0 : 1;
}

/** Waits for runs to end. The first Ctrl-C cancels them, so the table still says what happened. */
export async function follow(session: Session, ids: readonly string[]): Promise<RunSummary[]> {
  const { manager, bus } = session.app;
  const cancel = (): void => ids.forEach((id) => manager.cancel(id));
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  const stop = followRuns(bus, ids);
  try {
    await manager.waitFor(ids);
    return ids.map((id) => session.app.workspace.getRun(id));
  } finally {
    stop();
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
  }
}
