/** @file Step 7: the limits of the recipe against the figures. A miss marks the run; it does not fail it. */
import { z } from 'zod';
import { baselineSchema, metricsSchema } from '../../../src-preload/contract/index.ts';
import type { Recipe, RunDetail } from '../../../src-preload/contract/index.ts';
import type { StepContext, StepDefinition } from '../step.ts';
import { figure, parseArtifact } from './artifacts.ts';

export const scoreSchema = z.object({
  metrics: metricsSchema,
  baseline: baselineSchema,
  skill: z.number().nullable(),
});
export type Score = z.infer<typeof scoreSchema>;

export const readScore = (context: StepContext): Score =>
  parseArtifact('metrics.json', scoreSchema, context.readJson('metrics.json'));

export type ThresholdResult = RunDetail['thresholds'][number];
export const thresholdsSchema = z.array(
  z.object({
    metric: z.string(),
    value: z.number().nullable(),
    min: z.number().nullable(),
    max: z.number().nullable(),
    met: z.boolean(),
  }),
);

/** A figure that does not exist (null) meets no limit. `bias` and `nmbe` are taken with their sign. */
export function checkLimits(limits: Recipe['thresholds'], score: Score): ThresholdResult[] {
  const values: Record<string, number | null> = { ...score.metrics, skill: score.skill };
  return Object.entries(limits).flatMap(([metric, limit]) => {
    if (!limit) return [];
    const value = values[metric] ?? null;
    const min = limit.min ?? null;
    const max = limit.max ?? null;
    const met = value !== null && (min === null || value >= min) && (max === null || value <= max);
    return [{ metric, value, min, max, met }];
  });
}

export const checkThresholds: StepDefinition = {
  id: 'check-thresholds',
  version: 1,
  weight: 0.1,
  inputs: ['metrics.json'],
  reusable: true,
  params: (spec) => spec.recipe.thresholds,
  async run(context) {
    const results = checkLimits(context.spec.recipe.thresholds, readScore(context));
    for (const { metric, value, min, max, met } of results) {
      const limits = [min === null ? null : `at least ${min}`, max === null ? null : `at most ${max}`];
      const text = `${metric} is ${figure(value)}, wanted ${limits.filter((part) => part !== null).join(' and ') || 'anything'}`;
      context.log(met ? 'info' : 'warn', met ? `met: ${text}` : `missed: ${text}`);
    }
    if (results.length === 0) context.log('info', 'the recipe sets no limits');
    context.writeJson('thresholds.json', results);
  },
};
