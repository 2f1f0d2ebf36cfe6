/** @file How a run's model is called in a sentence. */

const titles: Readonly<Record<string, string>> = {
  seasonal_naive: 'Seasonal naive',
  linear: 'Linear regression',
  xgboost: 'XGBoost',
  blend: 'Blend',
  lightgbm: 'LightGBM',
  catboost: 'CatBoost',
  random_forest: 'Random forest',
  extra_trees: 'Extra trees',
  decision_tree: 'Decision tree',
  ensemble_lightgbm: 'LightGBM ensemble',
  ensemble_ridge: 'Ridge ensemble',
  chronos2_zeroshot: 'Chronos-2 zero-shot',
  chronos2_finetuned: 'Chronos-2 fine-tuned',
  chronos2_covariates: 'Chronos-2 with covariates',
  chronos_bolt: 'Chronos-Bolt',
  chronos_t5: 'Chronos-T5',
};

/** The recipe's own name if it has one, else that of the model type. */
export const modelTitle = (run: {
  readonly modelType: string;
  readonly params?: Readonly<Record<string, string>>;
}): string => run.params?.['name'] ?? titles[run.modelType] ?? run.modelType;
