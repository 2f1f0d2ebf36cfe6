/** @file Which model types there are, what they take, and how one is made or read back. */
import { z } from 'zod';
import { AppError, modelTypes } from '../../src-preload/contract/index.ts';
import type { FoundationKind, ModelType, Recipe } from '../../src-preload/contract/index.ts';
import {
  createSeasonalNaive,
  reviveSeasonalNaive,
  seasonalNaiveParamsSchema,
} from './baselines/seasonal-naive.ts';
import { createBooster, reviveBooster } from './boosting/booster.ts';
import type { FoundationHost } from './chronos/foundation.ts';
import { createTuned, reviveTuned } from './chronos/tuned.ts';
import { tuningParamsSchema } from './chronos/tuning-params.ts';
import {
  boltParamsSchema,
  createZeroShot,
  drawnParamsSchema,
  reviveZeroShot,
  zeroShotKinds,
  zeroShotParamsSchema,
} from './chronos/zero-shot.ts';
import { isTreeType, treeModels } from './boosting/params/tree-models.ts';
import { invalidModel } from './codec.ts';
import { blendParamsSchema, createBlend, reviveBlend } from './ensembles/blend.ts';
import { reviveStack } from './ensembles/fitted-stack.ts';
import { ensembleLightgbmParamsSchema, ensembleRidgeParamsSchema } from './ensembles/stack-params.ts';
import { createLightgbmStack, createRidgeStack } from './ensembles/stacks.ts';
import { membersOf } from './ensembles/members.ts';
import type { TreeCorrectorParams } from './ensembles/stacks.ts';
import type { Estimator, FittedModel, Regressor } from './estimator.ts';
import { familyOf, forecastsOnly } from './families.ts';
import { linearParamsSchema } from './linear/params.ts';
import { createRidge, reviveRidge } from './linear/ridge.ts';
import { parseParams } from './params.ts';
import { FittedTabular, createTabularForecaster } from './tabular/forecaster.ts';
import type { TabularKind } from './tabular/kind.ts';
import { tabularFromJson } from './tabular/model-json.ts';
import { FittedRowRegression, createRowRegression } from './tabular/row-regression.ts';

const paramsSchemas = {
  seasonal_naive: seasonalNaiveParamsSchema,
  linear: linearParamsSchema,
  xgboost: treeModels.xgboost.params.schema,
  lightgbm: treeModels.lightgbm.params.schema,
  catboost: treeModels.catboost.params.schema,
  random_forest: treeModels.random_forest.params.schema,
  extra_trees: treeModels.extra_trees.params.schema,
  decision_tree: treeModels.decision_tree.params.schema,
  blend: blendParamsSchema,
  ensemble_lightgbm: ensembleLightgbmParamsSchema,
  ensemble_ridge: ensembleRidgeParamsSchema,
  chronos2_zeroshot: zeroShotParamsSchema,
  chronos2_finetuned: tuningParamsSchema,
  chronos2_covariates: tuningParamsSchema,
  chronos_bolt: boltParamsSchema,
  chronos_t5: drawnParamsSchema,
} as const satisfies Record<ModelType, z.ZodObject>;

/** Strict schema of `model.params`. */
export const modelParamsSchema = (type: ModelType): z.ZodObject => paramsSchemas[type];

export interface WantedCheckpoint {
  readonly checkpoint: string;
  /** kinds that will do; `auto` means one of the first */
  readonly kinds: readonly FoundationKind[];
}

/** Which pretrained weights a recipe's model, or its members, stand on, as it names them. @throws AppError `model-params` */
export function checkpointsOf({ type, params }: Recipe['model']): WantedCheckpoint[] {
  switch (type) {
    case 'chronos2_zeroshot':
    case 'chronos_bolt':
    case 'chronos_t5':
      return [
        {
          checkpoint: parseParams<{ checkpoint: string }>(paramsSchemas[type], params).checkpoint,
          kinds: zeroShotKinds[type],
        },
      ];
    case 'chronos2_finetuned':
    case 'chronos2_covariates':
      return [{ checkpoint: parseParams(tuningParamsSchema, params).checkpoint, kinds: ['chronos-2'] }];
    case 'blend':
      return ofMembers(parseParams(blendParamsSchema, params).members);
    case 'ensemble_ridge':
      return ofMembers(parseParams(ensembleRidgeParamsSchema, params).base_models);
    case 'ensemble_lightgbm':
      return ofMembers(parseParams(ensembleLightgbmParamsSchema, params).base_models);
    default:
      return [];
  }
}

const ofMembers = (list: Parameters<typeof membersOf>[0]): WantedCheckpoint[] =>
  // an ensemble within an ensemble is refused elsewhere
  membersOf(list).flatMap((member) => (familyOf(member.type) === 'ensemble' ? [] : checkpointsOf(member)));

/** Other spellings of parameters and the names they stand for; of both, the one written later counts. */
export function paramAliases(type: ModelType): Readonly<Record<string, string>> {
  return isTreeType(type) ? treeModels[type].params.aliases : {};
}

/** @throws AppError `task-not-supported`, `model-params` */
export function createEstimator(recipe: Recipe): Estimator {
  const { type } = recipe.model;
  if (recipe.task === 'classification' || (recipe.task === 'regression' && forecastsOnly(type)))
    throw new AppError({
      code: 'task-not-supported',
      message: `Model type "${type}" does not do task "${recipe.task}".`,
      hint:
        recipe.task === 'classification'
          ? 'Classification is not part of this version.'
          : 'Use linear, a tree model, blend or a stack for regression.',
      place: { key: 'task' },
    });
  switch (type) {
    case 'seasonal_naive':
      return createSeasonalNaive(recipe);
    case 'chronos2_zeroshot':
    case 'chronos_bolt':
    case 'chronos_t5':
      return createZeroShot(recipe, type);
    case 'chronos2_finetuned':
    case 'chronos2_covariates':
      return createTuned(recipe, type);
    case 'blend':
      return createBlend(recipe, createEstimator);
    case 'ensemble_lightgbm':
      return createLightgbmStack(recipe, stackTools, treeCorrector);
    case 'ensemble_ridge':
      return createRidgeStack(recipe, stackTools, () => createRidge({ alpha: 'auto', fit_intercept: true }));
    case 'linear': {
      const ridge = createRidge(parseParams(linearParamsSchema, recipe.model.params));
      return tabular(recipe, { type, basis: 'linear', regressor: () => ridge });
    }
    case 'xgboost':
    case 'lightgbm':
    case 'catboost':
    case 'random_forest':
    case 'extra_trees':
    case 'decision_tree': {
      const plan = treeModels[type].plan(recipe.model.params, recipe.forecast.quantiles);
      return tabular(recipe, { type, basis: 'tree', regressor: (leads) => createBooster(plan, leads) });
    }
  }
}

const stackTools = { create: createEstimator, revive: (json: unknown): FittedModel => revive(json, 1, null) };

const treeCorrector = (params: TreeCorrectorParams): Regressor =>
  createBooster(treeModels.lightgbm.plan({ ...params, bagging_freq: 0 }, []));

function tabular(recipe: Recipe, kind: TabularKind): Estimator {
  return recipe.task === 'regression'
    ? createRowRegression(recipe, kind)
    : createTabularForecaster(recipe, kind);
}

const headSchema = z.looseObject({
  format: z.literal('voltcast-model'),
  version: z.number().int(),
  type: z.enum(modelTypes),
});

/**
 * Reads a model back from what its `toJSON` gave. Its predictions equal the original's bit for bit.
 * @param foundation where pretrained weights are, which a model does not store; null: models that need them cannot forecast
 * @throws AppError `model-invalid`, `model-version`
 */
export function reviveModel(json: unknown, foundation: FoundationHost | null = null): FittedModel {
  return revive(json, 0, foundation);
}

function revive(json: unknown, depth: number, foundation: FoundationHost | null): FittedModel {
  // a blend of blends cannot be made here, so a deeper file was made to exhaust the stack
  if (depth > 1) throw invalidModel('models are nested too deeply');
  const head = headSchema.safeParse(json);
  if (!head.success) throw invalidModel('format, version or type is missing or unknown');
  const { type, version } = head.data;
  if (version !== 1)
    throw new AppError({
      code: 'model-version',
      message: `This model was written by a newer version of Voltcast (model format ${version}, known: 1).`,
      hint: 'Update Voltcast, or train the model again.',
    });
  switch (type) {
    case 'seasonal_naive':
      return reviveSeasonalNaive(json);
    case 'chronos2_zeroshot':
    case 'chronos_bolt':
    case 'chronos_t5':
      return reviveZeroShot(json, foundation);
    case 'chronos2_finetuned':
    case 'chronos2_covariates':
      return reviveTuned(json, foundation);
    case 'blend':
      return reviveBlend(json, (member) => revive(member, depth + 1, foundation));
    case 'ensemble_lightgbm':
    case 'ensemble_ridge':
      return reviveStack(
        json,
        (member) => revive(member, depth + 1, foundation),
        (stack, regressor) =>
          stack === 'ensemble_ridge' ? reviveRidge(regressor) : reviveBooster(regressor),
      );
    case 'linear':
    case 'xgboost':
    case 'lightgbm':
    case 'catboost':
    case 'random_forest':
    case 'extra_trees':
    case 'decision_tree': {
      const { task, state } = tabularFromJson(json, (kind) =>
        kind === 'linear' ? reviveRidge : reviveBooster,
      );
      return task === 'rows' ? new FittedRowRegression(state) : new FittedTabular(state);
    }
  }
}
