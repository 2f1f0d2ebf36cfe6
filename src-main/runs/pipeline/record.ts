/** @file Step 9: the figures go to the service, which stores them durably before this step counts as finished. */
import { z } from 'zod';
import type { StepDefinition } from '../step.ts';
import { parseArtifact, readSplit } from './artifacts.ts';
import { readScore, thresholdsSchema } from './check-thresholds.ts';
import { resolveRecipe } from './resolve.ts';

const devicesSchema = z.array(z.string());

export const record: StepDefinition = {
  id: 'record',
  version: 1,
  weight: 0.1,
  inputs: ['metrics.json', 'thresholds.json', 'split.json', 'devices.json', 'evaluation-devices.json'],
  reusable: false,
  params: () => null,
  async run(context) {
    const { metrics, baseline, skill } = readScore(context);
    const { plan } = readSplit(context);
    const recipe = resolveRecipe(context.spec);
    const thresholds = parseArtifact(
      'thresholds.json',
      thresholdsSchema,
      context.readJson('thresholds.json'),
    );
    const used = ['devices.json', 'evaluation-devices.json'].flatMap((name) =>
      parseArtifact(name, devicesSchema, context.readJson(name)),
    );
    const devices = [...new Set(used)].sort();
    context.recordResult({
      metrics,
      skill,
      baseline,
      splitKey: plan.splitKey,
      horizon: recipe.task === 'forecast' ? recipe.forecast.horizon : null,
      thresholds,
      facts: devices.length === 0 ? {} : { 'runtime.deviceUsed': devices.join(', ') },
    });
    context.log('info', `recorded in experiment ${recipe.tracking.experiment}`);
  },
};
