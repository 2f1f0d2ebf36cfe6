/** @file Step 10: the sentence a person reads when the run is over. The engine tells clients that it ended. */
import type { StepDefinition } from '../step.ts';
import { figure, parseArtifact } from './artifacts.ts';
import { readScore, thresholdsSchema } from './check-thresholds.ts';
import { compareWords } from './evaluate.ts';
import { resolveRecipe } from './resolve.ts';

export const notify: StepDefinition = {
  id: 'notify',
  version: 1,
  weight: 0.1,
  inputs: ['metrics.json', 'thresholds.json'],
  reusable: false,
  params: () => null,
  async run(context) {
    const { metrics, skill } = readScore(context);
    const { spec } = context;
    const { target } = resolveRecipe(spec).data;
    const unit = spec.dataset.columns.find((column) => column.name === target)?.unit;
    const limits = parseArtifact('thresholds.json', thresholdsSchema, context.readJson('thresholds.json'));
    const missed = limits.filter((limit) => !limit.met).map((limit) => limit.metric);
    const versus = skill === null ? '' : `, ${compareWords(skill)} seasonal naive`;
    const sentence = `${spec.recipeName} on ${spec.dataset.dataset}: MAE ${figure(metrics.mae)}${unit ? ` ${unit}` : ''}${versus}${missed.length > 0 ? `; limits missed: ${missed.join(', ')}` : ''}`;
    context.log(missed.length > 0 ? 'warn' : 'info', sentence);
  },
};
