/**
 * @file Stacking: members forecast folds of the training rows that they have not seen, a combiner learns from that how to
 * join them, and the members are fitted again on all rows.
 *
 *  - `ensemble_ridge`: weights by ridge regression, by default not negative, adding up to 1, and pulled to equal weights;
 *  - `ensemble_lightgbm`: such a weighted mean, corrected by leaf-wise boosted trees.
 *
 * @see Wolpert, "Stacked generalization", Neural Networks 5 (1992)
 */
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { slotsOfDay } from '../../data/features/calendar.ts';
import type { FeatureSpec } from '../../data/features/spec.ts';
import { partOf } from '../context.ts';
import type { Estimator, FitContext, FittedModel, Regressor, SeriesTask } from '../estimator.ts';
import { familyOf } from '../families.ts';
import { clipsAtZero, requireTrainingRows, targetValues } from '../series.ts';
import { countedTarget, rowWeights } from '../tabular/weights.ts';
import { batchOf, gatherCells, rowBatch } from './cells.ts';
import type { Cells } from './cells.ts';
import { equalWeights } from './combine.ts';
import type { Combination } from './combine.ts';
import { correctionFeatures, fitCorrection, originalFeatures, passthroughSpec } from './correction.ts';
import type { Corrected } from './correction.ts';
import { FittedStack, applyCombination } from './fitted-stack.ts';
import type { StackType } from './fitted-stack.ts';
import { forecastFolds, rowFolds } from './folds.ts';
import type { Fold } from './folds.ts';
import { memberLabels } from './members.ts';
import type { Member } from './members.ts';
import { runInTurn } from './member-jobs.ts';
import type { CreateEstimator, MemberJob, MemberResult } from './member-jobs.ts';
import { runSideBySide } from './member-pool.ts';
import type { StackParams } from './stack-params.ts';

/** What a stack brings besides its parameters. */
export interface StackKind {
  readonly type: StackType;
  readonly members: readonly Member[];
  /** weights of the members from out-of-fold forecasts */
  weigh(cells: Cells, context: FitContext): Combination;
  /** how the original features are shown to the correction, and what learns it; null: nothing is added */
  readonly correction: {
    readonly basis: FeatureSpec['basis'];
    readonly shrinkage: 'auto' | number;
    /** @param cells out-of-fold forecasts it learns from */
    regressor(cells: number): Regressor;
  } | null;
}

export interface StackTools {
  readonly create: CreateEstimator;
  revive(json: unknown): FittedModel;
}

/** Share of the time that goes into the members. */
const memberShare = 0.92;

export function createStack(
  recipe: Recipe,
  kind: StackKind,
  params: StackParams,
  tools: StackTools,
): Estimator {
  return {
    type: kind.type,
    async fit(task, trainEnd, context) {
      const values = targetValues(task.frame, task.target);
      requireTrainingRows(values, trainEnd);
      const folds = foldsOf(task, values, trainEnd, params);
      const labels = memberLabels(kind.members);
      const jobs = [...wholeJobs(kind.members, trainEnd), ...foldJobs(kind.members, folds, task)];
      const results = await runJobs(jobs, task, trainEnd, params, tools, partOf(context, 0, memberShare));
      const members = results.slice(0, kind.members.length).map((result) => result.model!);
      const cells = gatherCells(
        folds,
        predictionsOf(results.slice(kind.members.length), folds.length),
        values,
        task,
      );
      const meta = partOf(context, memberShare, 1 - memberShare);
      sayErrors(cells, labels, meta);
      const combination = folds.length === 0 ? equalWeights(members.length) : kind.weigh(cells, meta);
      meta.log(
        'info',
        `weights: ${labels.map((name, m) => `${name} ${combination.weights[m].toFixed(3)}`).join(', ')}`,
      );
      const nonNegative = clipsAtZero(recipe.forecast.nonNegative, values, trainEnd);
      const combined = applyCombination(cells.base, combination);
      const { correction, added } = await correct(
        kind,
        params,
        task,
        trainEnd,
        cells,
        combined,
        labels,
        meta,
      );
      if (cells.actual.length > 0) {
        const point = combined.map((value, i) =>
          nonNegative ? Math.max(0, value + added[i]) : value + added[i],
        );
        context.heldOut?.(
          recipe.task === 'regression' ? rowBatch(cells, point, task) : batchOf(folds, cells, point, task),
        );
      }
      return new FittedStack({
        type: kind.type,
        target: task.target,
        nonNegative,
        members,
        combination,
        correction,
      });
    },
    async refit(earlier, task, trainEnd, context) {
      if (!(earlier instanceof FittedStack)) throw new TypeError(`expected a fitted ${kind.type}`);
      const values = targetValues(task.frame, task.target);
      requireTrainingRows(values, trainEnd);
      const results = await runJobs(
        wholeJobs(kind.members, trainEnd),
        task,
        trainEnd,
        params,
        tools,
        context,
      );
      return earlier.withMembers(
        results.map((result) => result.model!),
        clipsAtZero(recipe.forecast.nonNegative, values, trainEnd),
      );
    },
  };
}

function foldsOf(task: SeriesTask, values: Float64Array, trainEnd: number, params: StackParams): Fold[] {
  // members learn nothing from readings that do not count
  const counted = countedTarget(values, rowWeights(task.frame, task.recipe.training, trainEnd));
  const start = counted.findIndex((value) => Number.isFinite(value));
  const request = { trainEnd, start, folds: params.folds, firstShare: params.first_train_fraction };
  const { horizon, recipe } = task;
  if (recipe.task === 'regression') return rowFolds(request);
  // forecasts are issued as they will be: `split.stride` apart, at most a day, so that long horizons give enough of them
  const stride = recipe.split.stride ?? Math.min(horizon, Math.max(1, slotsOfDay(task.frame.resolutionMs)));
  return forecastFolds({ ...request, horizon, gap: recipe.split.gap, stride });
}

/** The members on all rows: they take longest and so come first. */
const wholeJobs = (members: readonly Member[], trainEnd: number): MemberJob[] =>
  memberLabels(members).map((label, m) => ({
    member: members[m],
    label,
    trainEnd,
    predict: null,
    keep: true,
  }));

/** Every fold, the longest first. */
function foldJobs(members: readonly Member[], folds: readonly Fold[], task: SeriesTask): MemberJob[] {
  const labels = memberLabels(members);
  return folds.toReversed().flatMap((fold) =>
    members.map((member, m): MemberJob => ({
      member,
      label: labels[m],
      trainEnd: fold.trainEnd,
      predict:
        task.recipe.task === 'regression'
          ? { task: 'rows', from: fold.from, to: fold.to }
          : { task: 'forecast', origins: fold.origins },
      keep: false,
    })),
  );
}

/** folds x members, in the order of the folds */
function predictionsOf(results: readonly MemberResult[], folds: number): Float64Array[][] {
  const members = folds === 0 ? 0 : results.length / folds;
  return Array.from({ length: folds }, (_, f) =>
    results.slice(f * members, (f + 1) * members).map((result) => result.predicted ?? new Float64Array()),
  ).reverse();
}

/** Fitting fewer rows than these takes less time than starting threads. */
const rowsWorthThreads = 5000;
/** Numbers that a fit holds per row, about: features, bins, gradients. Threads together stay within so many. */
const numbersPerRow = 150;
const numbersAtOnce = 3e8;

/** How many members are fitted side by side. */
export function workersFor(nJobs: 'auto' | number, threads: number, jobs: number, rows: number): number {
  if (nJobs !== 'auto') return Math.min(nJobs, jobs);
  if (rows < rowsWorthThreads) return 1;
  return Math.max(1, Math.min(threads, jobs, Math.floor(numbersAtOnce / (rows * numbersPerRow))));
}

async function runJobs(
  jobs: readonly MemberJob[],
  task: SeriesTask,
  trainEnd: number,
  params: StackParams,
  { create, revive }: StackTools,
  context: FitContext,
): Promise<MemberResult[]> {
  // a foundation model uses all cores by itself, and its weights are open in this thread
  const here = jobs.filter(({ member }) => familyOf(member.type) === 'foundation');
  const pooled = jobs.filter((job) => !here.includes(job));
  const share = pooled.length / jobs.length;
  const results = new Map<MemberJob, MemberResult>();
  const keep = (of: readonly MemberJob[], made: readonly MemberResult[]): void =>
    of.forEach((job, j) => results.set(job, made[j]));
  const workers = workersFor(params.n_jobs, context.threads, pooled.length, trainEnd);
  const poolContext = partOf(context, 0, share);
  if (workers < 2) keep(pooled, await runInTurn(pooled, task, create, poolContext));
  else {
    context.log('debug', `${pooled.length} fits of members in ${workers} threads`);
    keep(pooled, await runSideBySide(pooled, task, workers, revive, poolContext));
  }
  keep(here, await runInTurn(here, task, create, partOf(context, share, 1 - share)));
  return jobs.map((job) => results.get(job)!);
}

function sayErrors(cells: Cells, labels: readonly string[], context: FitContext): void {
  const n = cells.actual.length;
  if (n === 0) {
    context.log('warn', 'there are too few training rows for out-of-fold forecasts: equal weights');
    return;
  }
  const errors = cells.base.map((part) =>
    Math.sqrt(part.reduce((sum, value, i) => sum + (value - cells.actual[i]) ** 2, 0) / n),
  );
  context.log(
    'info',
    `out-of-fold RMSE over ${n} forecasts in ${cells.starts.length - 1} folds: ${labels.map((name, m) => `${name} ${errors[m].toPrecision(4)}`).join(', ')}`,
  );
}

/** @returns the correction of `combined`, and what it would have added to the cells without having seen them */
async function correct(
  kind: StackKind,
  params: StackParams,
  task: SeriesTask,
  trainEnd: number,
  cells: Cells,
  combined: Float64Array,
  labels: readonly string[],
  context: FitContext,
): Promise<Corrected> {
  if (kind.correction === null || cells.actual.length === 0)
    return { correction: null, added: new Float64Array(combined.length) };
  const { basis, shrinkage, regressor } = kind.correction;
  const spec = await passthroughSpec(params.passthrough, basis, task, trainEnd);
  const values = targetValues(task.frame, task.target);
  const original =
    spec === null
      ? null
      : originalFeatures(spec, task.frame, values, trainEnd, 0, cells.origin, cells.target);
  return fitCorrection({
    cells,
    combined,
    features: correctionFeatures(cells.base, combined, labels, original),
    spec,
    regressor: () => regressor(cells.actual.length),
    shrinkage,
    context,
  });
}
