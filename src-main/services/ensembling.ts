/**
 * @file "Train the ensemble from the three best runs": which runs those are, and the recipe that joins them.
 *
 * Only runs that were judged on the same rows are ranked against each other. Baselines are no models to join, ensembles
 * are made of the others already, and a model that was run twice counts once.
 */
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../src-preload/contract/index.ts';
import type {
  Combinable,
  ModelType,
  Output,
  ParsedInput,
  Recipe,
  RunSummary,
} from '../../src-preload/contract/index.ts';
import { familyOf } from '../models/families.ts';
import { modelParamsSchema } from '../models/registry.ts';
import { combinedRecipe } from '../recipes/combined.ts';
import type { NewRun, Workspace } from '../workspace/types.ts';
import type { TrainingService } from './training.ts';

type Choice = ParsedInput<'runs.combinable'>;
type Reason = Combinable['leftOut'][number]['reason'];

export interface EnsemblingService {
  /** @throws AppError `run-not-found`, `too-many-runs`. Fewer than two members are no error here. */
  choose(input: Choice): Combinable;
  /** Writes the recipe and queues its run. @throws AppError `too-few-runs` with less than two members */
  start(input: ParsedInput<'runs.combine'>): Output<'runs.combine'>;
}

interface Candidate {
  readonly run: RunSummary;
  readonly request: NewRun;
  readonly value: number;
}

interface Chosen {
  readonly members: readonly Candidate[];
  readonly leftOut: Combinable['leftOut'];
}

/** Newest runs of an experiment that are looked at. */
const maxRuns = 2000;

export function createEnsemblingService(deps: {
  readonly workspace: Workspace;
  readonly training: Pick<TrainingService, 'start'>;
}): EnsemblingService {
  const { workspace, training } = deps;

  const runsOf = (input: Choice): RunSummary[] => {
    if (input.ids !== undefined) return [...new Set(input.ids)].map((id) => workspace.getRun(id));
    return workspace.listRuns({
      ...(input.experiment === undefined ? {} : { experiment: input.experiment }),
      limit: maxRuns,
      offset: 0,
    }).runs;
  };

  const chooseFrom = (input: Choice): Chosen => {
    const leftOut: { id: string; recipe: string; reason: Reason }[] = [];
    const leave = (run: RunSummary, reason: Reason): void =>
      void leftOut.push({ id: run.id, recipe: run.recipe, reason });
    const able: Candidate[] = [];
    for (const run of runsOf(input)) {
      const reason = unfit(run);
      const value = run.metrics?.[input.metric] ?? null;
      if (reason !== null) leave(run, reason);
      else if (value === null) leave(run, 'no-figure');
      else able.push({ run, request: workspace.getRunRequest(run.id), value });
    }
    const split = splitToUse(able);
    const same = able.filter(({ run }) => run.splitKey === split || (leave(run, 'other-split'), false));
    // of equals the older: a rerun is not another opinion
    same.sort((a, b) => a.value - b.value || a.run.createdAt - b.run.createdAt);
    const members: Candidate[] = [];
    for (const candidate of same) {
      if (members.some((member) => sameModel(member.request.recipe, candidate.request.recipe)))
        leave(candidate.run, 'duplicate');
      else if (members.length === input.count) leave(candidate.run, 'not-best');
      else members.push(candidate);
    }
    return { members, leftOut };
  };

  return {
    choose: (input) => describe(chooseFrom(input)),
    start(input) {
      const chosen = chooseFrom(input);
      const best = chosen.members[0];
      if (best === undefined || chosen.members.length < 2)
        throw new AppError({
          code: 'too-few-runs',
          message: `An ensemble needs at least two different models judged on the same rows; there ${chosen.members.length === 1 ? 'is one' : 'are none'}.`,
          hint: 'Train more models with the same horizon and test days. Baselines and ensembles do not count.',
          details: { members: chosen.members.map(({ run }) => run.id), leftOut: chosen.leftOut },
        });
      const { metric, combiner } = input;
      const text = combinedRecipe({
        base: best.request.recipeText,
        type: combiner === 'ridge' ? 'ensemble_ridge' : 'ensemble_lightgbm',
        members: chosen.members.map(({ request }) => request.recipe.model),
        name: input.name ?? `Ensemble of the ${chosen.members.length} best (${combiner})`,
        comment: [
          `Made of the ${chosen.members.length} best runs of ${best.run.experiment} by ${metric.toUpperCase()}:`,
          ...chosen.members.map(
            ({ run, value }) =>
              `- ${run.recipe}, run ${run.id.slice(0, 12)}: ${metric} ${Number(value.toPrecision(5))}`,
          ),
          'Data, features, split and the rest are those of the first; the base models are trained again.',
        ],
        tags: { ensembleOf: chosen.members.map(({ run }) => run.id.slice(0, 12)).join(' ') },
      });
      const { experiment, runIds } = training.start({
        dataset: best.request.dataset,
        version: best.request.datasetVersion,
        recipes: [text],
        portfolio: false,
        set: {},
        experiment: best.run.experiment,
      });
      return { ...describe(chosen), experiment, runId: runIds[0]!, recipe: text };
    },
  };
}

function unfit(run: RunSummary): Reason | null {
  if (run.status !== 'succeeded' || run.splitKey === null) return 'not-finished';
  const family = familyOf(run.modelType as ModelType);
  return family === 'baseline' || family === 'ensemble' ? family : null;
}

/** Of the splits with two candidates or more the one that was used last; with none, the newest run's. */
function splitToUse(able: readonly Candidate[]): string | null {
  const newestFirst = able.toSorted((a, b) => b.run.createdAt - a.run.createdAt);
  const shared = newestFirst.find(
    ({ run }) => able.filter((other) => other.run.splitKey === run.splitKey).length > 1,
  );
  return (shared ?? newestFirst[0])?.run.splitKey ?? null;
}

/** The same type with the same parameters, written out or not. */
function sameModel(a: Recipe, b: Recipe): boolean {
  if (a.model.type !== b.model.type) return false;
  const full = ({ model }: Recipe): unknown => {
    const parsed = modelParamsSchema(model.type).safeParse(model.params);
    return parsed.success ? parsed.data : model.params;
  };
  return isDeepStrictEqual(full(a), full(b));
}

/** What a base model takes over from the best run's recipe, whatever its own said. */
const shared = ['data', 'cleaning', 'features', 'forecast'] as const;

function describe({ members, leftOut }: Chosen): Combinable {
  const best = members[0]?.request.recipe;
  const warnings = members.slice(1).flatMap(({ run, request }) => {
    const differ = shared.filter((key) => !isDeepStrictEqual(request.recipe[key], best?.[key]));
    if (differ.length === 0) return [];
    return [
      {
        code: 'settings-differ',
        message: `${run.recipe} was trained with other settings (${differ.join(', ')}) than ${members[0]!.run.recipe}; in the ensemble it gets those of ${members[0]!.run.recipe}.`,
      },
    ];
  });
  return {
    members: members.map(({ run, value }) => ({
      id: run.id,
      recipe: run.recipe,
      modelType: run.modelType,
      value,
      unit: run.unit,
    })),
    leftOut: [...leftOut],
    warnings,
  };
}
