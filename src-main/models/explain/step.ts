/** @file Why one prediction is what it is. */
import type { StepExplanation } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { createRandom, sampleIndices } from '../random.ts';
import { seeCells, seeStep } from './cells.ts';
import type { Cells } from './cells.ts';
import { keyFeatures, valuesOf } from './keyed.ts';
import type { Units } from './keyed.ts';
import type { ModelParts } from './parts.ts';
import { predictorOf } from './prediction.ts';
import { contributionsOf } from './summary.ts';

export interface StepTask {
  readonly model: ModelParts;
  readonly frame: Frame;
  readonly origin: number;
  readonly target: number;
  /** predictions that say what is usual */
  readonly cells: Cells;
  readonly units: Units;
  readonly seed: number;
}

/** Rows that linear models take their means from. */
const referenceRows = 1000;

export function explainStep(
  task: StepTask,
): Pick<StepExplanation, 'expected' | 'predicted' | 'contributions' | 'link'> {
  const { model, frame, units } = task;
  const picked = sampleIndices(createRandom(task.seed, 70), task.cells.target.length, referenceRows);
  const usual: Cells = {
    origin: Int32Array.from(picked, (i) => task.cells.origin[i]),
    target: Int32Array.from(picked, (i) => task.cells.target[i]),
  };
  const parts = seeStep(model.parts, frame, task.origin, task.target);
  const reference = seeCells(model.parts, frame, usual);
  const keyed = keyFeatures(parts, units);
  const { expected, contributions, link } = contributionsOf(parts, keyed, reference, model.intercept);
  const [predicted] = predictorOf(parts, model)(parts.map((part) => part.features));
  return {
    expected,
    predicted,
    link,
    contributions: keyed
      .map((feature, k) => ({
        feature: feature.info,
        value: valuesOf(feature, parts)[0],
        contribution: contributions[k][0],
      }))
      .filter(({ contribution }) => contribution !== 0)
      .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)),
  };
}
