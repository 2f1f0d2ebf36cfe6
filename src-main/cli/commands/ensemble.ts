/** @file `voltcast ensemble`: trains an ensemble of the best runs. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Input } from '../../../src-preload/contract/index.ts';
import type { Session } from '../context.ts';
import { figure, print, printJson, printLeaderboard, printTable, runForJson } from '../output.ts';
import { follow } from './train.ts';

export interface EnsembleFlags {
  readonly best?: number;
  readonly metric?: string;
  readonly combiner?: 'ridge' | 'lightgbm';
}

/** One name of an experiment, or ids of runs to choose from; nothing: the newest experiment. */
function chooseFrom(
  session: Session,
  args: readonly string[],
): Pick<Input<'runs.combine'>, 'experiment' | 'ids'> {
  const experiments = session.app.workspace.listExperiments();
  const only = args.length === 1 ? experiments.find((experiment) => experiment.name === args[0]) : undefined;
  if (only) return { experiment: only.name };
  if (args.length > 0) return { ids: [...args] };
  const newest = experiments.toSorted((a, b) => (b.lastRunAt ?? 0) - (a.lastRunAt ?? 0))[0];
  if (newest) return { experiment: newest.name };
  throw new AppError({
    code: 'too-few-runs',
    message: 'There are no runs yet to make an ensemble of.',
    hint: 'Train some first: voltcast train FILE --portfolio',
  });
}

export async function ensemble(
  session: Session,
  args: readonly string[],
  flags: EnsembleFlags,
): Promise<number> {
  const { best, metric, combiner } = flags;
  const started = await session.api.call('runs.combine', {
    ...chooseFrom(session, args),
    ...(best === undefined ? {} : { count: best }),
    ...(metric === undefined ? {} : { metric }),
    ...(combiner === undefined ? {} : { combiner }),
  });
  const json = session.flags.json === true;
  if (!json) {
    printTable(
      ['member', 'recipe', 'model', metric ?? 'mae'],
      started.members.map((run) => [run.id.slice(0, 8), run.recipe, run.modelType, figure(run.value, 4)]),
    );
    for (const { message } of started.warnings) print(message);
  }
  const [run] = await follow(session, [started.runId]);
  if (json)
    printJson({
      run: run === undefined ? null : runForJson(run),
      members: started.members,
      leftOut: started.leftOut,
      warnings: started.warnings,
      champion: session.app.workspace.championOf(started.experiment)?.id ?? null,
    });
  else if (run)
    printLeaderboard([run, ...started.members.map((member) => session.app.workspace.getRun(member.id))]);
  return run?.status === 'succeeded' ? 0 : 1;
}
