/** @file The tree model types: what parameters each takes and what is trained from them. */
import { catboostParams, catboostPlan } from './catboost.ts';
import {
  decisionTreeParams,
  decisionTreePlan,
  extraTreesParams,
  extraTreesPlan,
  randomForestParams,
  randomForestPlan,
} from './forest.ts';
import { lightgbmParams, lightgbmPlan } from './lightgbm.ts';
import type { Plan } from './plan.ts';
import { xgboostParams, xgboostPlan } from './xgboost.ts';

type Raw = Record<string, unknown>;

interface TreeModel {
  readonly params: Pick<typeof xgboostParams, 'schema' | 'aliases'>;
  /**
   * @param quantiles the recipe's levels, for quantile objectives without levels of their own
   * @throws AppError `model-params` naming the key
   */
  plan(raw: Raw, quantiles: readonly number[]): Plan;
}

export const treeModels = {
  xgboost: {
    params: xgboostParams,
    plan: (raw: Raw, quantiles: readonly number[]) => xgboostPlan(xgboostParams.parse(raw), quantiles),
  },
  lightgbm: {
    params: lightgbmParams,
    plan: (raw: Raw, quantiles: readonly number[]) => lightgbmPlan(lightgbmParams.parse(raw), quantiles),
  },
  catboost: {
    params: catboostParams,
    plan: (raw: Raw, quantiles: readonly number[]) => catboostPlan(catboostParams.parse(raw), quantiles),
  },
  random_forest: {
    params: randomForestParams,
    plan: (raw: Raw) => randomForestPlan(randomForestParams.parse(raw)),
  },
  extra_trees: { params: extraTreesParams, plan: (raw: Raw) => extraTreesPlan(extraTreesParams.parse(raw)) },
  decision_tree: {
    params: decisionTreeParams,
    plan: (raw: Raw) => decisionTreePlan(decisionTreeParams.parse(raw)),
  },
} as const satisfies Record<string, TreeModel>;

export type TreeType = keyof typeof treeModels;
export const treeTypes = Object.keys(treeModels) as TreeType[];
export const isTreeType = (type: string): type is TreeType => Object.hasOwn(treeModels, type);
