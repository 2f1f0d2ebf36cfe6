/** @file Fits of members as jobs that do not depend on each other, one after the other or side by side. */
import type { Estimator, FitContext, FittedModel, SeriesTask } from '../estimator.ts';
import { noCurve, partOf } from '../context.ts';
import { memberRecipe } from './members.ts';
import type { Member } from './members.ts';

export interface MemberJob {
  readonly member: Member;
  /** as in logs and curves */
  readonly label: string;
  /** rows 0 .. trainEnd - 1 fit it */
  readonly trainEnd: number;
  /** what it predicts once fitted; null: nothing */
  readonly predict:
    | { readonly task: 'forecast'; readonly origins: Int32Array }
    | { readonly task: 'rows'; readonly from: number; readonly to: number }
    | null;
  /** the fitted model is wanted, and its curves and messages */
  readonly keep: boolean;
}

export interface MemberResult {
  /** null unless the job keeps it */
  readonly model: FittedModel | null;
  /** origins x horizon, or rows; null unless the job predicts */
  readonly predicted: Float64Array | null;
}

export type CreateEstimator = (recipe: SeriesTask['recipe']) => Estimator;

/** Does one job in this thread. */
export async function runJob(
  job: MemberJob,
  task: SeriesTask,
  create: CreateEstimator,
  context: FitContext,
): Promise<{ model: FittedModel; predicted: Float64Array | null }> {
  const recipe = memberRecipe(task.recipe, job.member);
  const model = await create(recipe).fit({ ...task, recipe }, job.trainEnd, context);
  return { model, predicted: await predictJob(job, task, model) };
}

async function predictJob(
  { predict }: MemberJob,
  task: SeriesTask,
  model: FittedModel,
): Promise<Float64Array | null> {
  if (predict === null) return null;
  if (predict.task === 'forecast')
    return (await model.forecast(task.frame, predict.origins, task.horizon, task.recipe.split.gap)).point;
  return model.predictRows?.(task.frame).slice(predict.from, predict.to) ?? null;
}

/** Jobs one after the other; results in the order of the jobs. */
export async function runInTurn(
  jobs: readonly MemberJob[],
  task: SeriesTask,
  create: CreateEstimator,
  context: FitContext,
): Promise<MemberResult[]> {
  const results: MemberResult[] = [];
  for (const [j, job] of jobs.entries()) {
    const part = partOf(context, j / jobs.length, 1 / jobs.length, {
      label: job.label,
      ...reporting(job, context),
    });
    const { model, predicted } = await runJob(job, task, create, part);
    results.push({ model: job.keep ? model : null, predicted });
  }
  return results;
}

/** Curves and messages of the fits that are kept; of the others only warnings. */
export function reporting(job: MemberJob, context: FitContext): Pick<FitContext, 'curve' | 'log'> {
  return {
    curve: job.keep ? (name, x, y) => context.curve(`${job.label} ${name}`, x, y) : noCurve,
    log: (level, message) =>
      context.log(job.keep || level === 'warn' ? level : 'debug', `${job.label}: ${message}`),
  };
}
