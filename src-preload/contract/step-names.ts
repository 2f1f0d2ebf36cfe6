/** @file What the steps of a run are called: what one does depends on the model. */
import type { StepId } from './runs.ts';

/** Parts of a step that a run reports as it comes to them, at the beginning of the step's message. */
export const phases = ['load-pipeline', 'fine-tune'] as const;
export type Phase = (typeof phases)[number];

export type StepName = StepId | Phase | 'prepare-data' | 'load-pipeline-fine-tune';

const isPretrained = (type: string): boolean => type.startsWith('chronos');
const isTuned = (type: string): boolean => type === 'chronos2_finetuned' || type === 'chronos2_covariates';

/**
 * A pretrained network has no features built for it, and where others are trained it is loaded, and perhaps trained further.
 * @param type of the run's model
 * @param message of the step, while it runs: names the part it is in
 */
export function stepName(step: StepId, type: string, message: string | null = null): StepName {
  if (!isPretrained(type)) return step;
  if (step === 'features') return 'prepare-data';
  if (step !== 'train') return step;
  if (!isTuned(type)) return 'load-pipeline';
  return phases.find((phase) => message?.startsWith(phase)) ?? 'load-pipeline-fine-tune';
}
