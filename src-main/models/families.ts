/** @file Which family each model type belongs to, and what follows from that. */
import type { ModelType, RecipeSummary } from '../../src-preload/contract/index.ts';

type Family = RecipeSummary['family'];

const families: Record<ModelType, Family> = {
  seasonal_naive: 'baseline',
  linear: 'linear',
  xgboost: 'boosting',
  blend: 'ensemble',
  lightgbm: 'boosting',
  catboost: 'boosting',
  random_forest: 'boosting',
  extra_trees: 'boosting',
  decision_tree: 'boosting',
  ensemble_lightgbm: 'ensemble',
  ensemble_ridge: 'ensemble',
  chronos2_zeroshot: 'foundation',
  chronos2_finetuned: 'foundation',
  chronos2_covariates: 'foundation',
  chronos_bolt: 'foundation',
  chronos_t5: 'foundation',
};

export const familyOf = (type: ModelType): Family => families[type];

/** They look ahead from the history and cannot tell a value from columns of the same instant. */
export const forecastsOnly = (type: ModelType): boolean =>
  ['baseline', 'foundation'].includes(familyOf(type));

/** Pretrained weights trained further: each fit takes minutes to hours and leaves weights of its own. */
export const tunedTypes = [
  'chronos2_finetuned',
  'chronos2_covariates',
] as const satisfies readonly ModelType[];

export const isTuned = (type: ModelType): boolean => (tunedTypes as readonly ModelType[]).includes(type);
