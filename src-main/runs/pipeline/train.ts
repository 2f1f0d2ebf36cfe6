/**
 * @file Step 5: the model is fitted on the training rows, and once more on their head, so that its errors on their tail
 * say how wide intervals must be: residuals of rows a model has learnt from are too small for that. Ensembles learn their
 * weights from forecasts of rows kept from their members; these serve as well, without a second fit.
 */
import type { ForecastBatch } from '../../models/estimator.ts';
import { createEstimator } from '../../models/registry.ts';
import { calibrateOnHeldOut, calibrateOnTail } from '../../metrics/calibrate.ts';
import { numberColumn, trainingTask } from '../../metrics/split.ts';
import type { StepDefinition } from '../step.ts';
import { count, readFrame, readSplit, readValidation } from './artifacts.ts';
import { readContinued } from './continued.ts';
import { fitContext, modelParams, taskOf } from './task.ts';
import type { Curve } from './task.ts';

export const train: StepDefinition = {
  id: 'train',
  version: 2,
  weight: 20,
  inputs: ['clean.parquet', 'frame.parquet', 'frame.json', 'validation.json', 'split.json'],
  reusable: true,
  params: modelParams,
  async run(context) {
    const { spec } = context;
    const { plan } = readSplit(context);
    const task = taskOf(spec, readFrame(context, 'clean.parquet'), readValidation(context));
    const measured = numberColumn(readFrame(context, 'frame.parquet'), task.target).values;
    const estimator = createEstimator(task.recipe);
    const curves = new Map<string, Curve>();
    const devices = new Set<string>();
    const continued = readContinued(context, task.frame.time[plan.trainEnd - 1]!);
    const started = performance.now();
    let heldOut: ForecastBatch | null = null;
    const model = await estimator.fit(trainingTask(task, plan.trainEnd), plan.trainEnd, {
      ...fitContext(
        context,
        {
          from: 0.02,
          to: estimator.ownQuantiles ? 0.98 : 0.55,
          used: (device) => void devices.add(device),
          keeps: true,
        },
        curves,
        continued,
      ),
      heldOut: (batch) => (heldOut = batch),
    });
    context.log('info', `${estimator.type} fitted on ${count(plan.trainEnd)} rows in ${seconds(started)}`);
    context.writeJson('model.json', model.toJSON());
    context.writeJson('curves.json', [...curves.values()]);
    // no later step depends on it: the model is the same on all of them
    context.writeJson('devices.json', [...devices].sort());

    if (estimator.ownQuantiles) {
      context.writeJson('calibration.json', null);
      return;
    }
    const calibrated = performance.now();
    const calibration =
      heldOut === null
        ? await calibrateOnTail({
            estimator,
            model,
            task,
            plan,
            context: fitContext(context, { from: 0.55, to: 0.98, label: 'calibration' }, null, continued),
            actual: measured,
          })
        : calibrateOnHeldOut(heldOut, task, plan, measured);
    context.writeJson('calibration.json', calibration);
    if (calibration === null)
      context.log('warn', 'too few training rows to calibrate intervals; the first test windows have none');
    else
      context.log(
        'info',
        `intervals calibrated on ${count(calibration.residual.length)} earlier errors in ${seconds(calibrated)}`,
      );
  },
};

export const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
