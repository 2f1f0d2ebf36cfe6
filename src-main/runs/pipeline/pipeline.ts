/**
 * @file A run from recipe to result: ten steps, in the contract's order.
 *
 *   load-config       recipe.json
 *   load-data         frame.parquet frame.json
 *   validate          validation.json
 *   features          clean.parquet split.json
 *   train             model.json calibration.json curves.json devices.json
 *   evaluate          backtest.bin metrics.json importance.json evaluation-devices.json
 *   check-thresholds  thresholds.json
 *   save-model        final-model.json intervals.json
 *   record, notify    (figures to the store, a sentence to the reader)
 *
 * A step's `params` hold only the part of the recipe that can change its result, so that a rerun with an edited recipe
 * repeats what the edit touches and nothing else.
 */
import type { StepDefinition } from '../step.ts';
import { checkThresholds } from './check-thresholds.ts';
import { evaluate } from './evaluate.ts';
import { features } from './features.ts';
import { loadConfig } from './load-config.ts';
import { loadData } from './load-data.ts';
import { notify } from './notify.ts';
import { record } from './record.ts';
import { saveModel } from './save-model.ts';
import { train } from './train.ts';
import { validate } from './validate.ts';

export const pipeline: readonly StepDefinition[] = [
  loadConfig,
  loadData,
  validate,
  features,
  train,
  evaluate,
  checkThresholds,
  saveModel,
  record,
  notify,
];
