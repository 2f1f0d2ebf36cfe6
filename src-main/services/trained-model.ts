/** @file The model a finished run left for use, read back with its signature and the errors its intervals are made of. */
import { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import type { CalibrationResiduals } from '../metrics/intervals.ts';
import { reviveModel } from '../models/registry.ts';
import type { FittedModel } from '../models/estimator.ts';
import { finalModelSchema } from '../runs/pipeline/final-model.ts';
import type { FinalModel } from '../runs/pipeline/final-model.ts';
import { createFoundationHost } from './foundation/host.ts';
import type { Workspace } from '../workspace/types.ts';

const residualsSchema = z.object({
  version: z.literal(1),
  timezone: z.string(),
  resolutionMs: z.number().positive(),
  time: z.array(z.number()),
  lead: z.array(z.number()),
  predicted: z.array(z.number()),
  residual: z.array(z.number()),
});

export interface TrainedModel {
  readonly final: FinalModel;
  readonly intervals: CalibrationResiduals;
}

/**
 * @throws AppError `run-not-succeeded`, `model-missing`, `object-missing`, `object-corrupt`, `artifact-unreadable`
 */
export function readTrainedModel(workspace: Workspace, run: RunDetail): TrainedModel {
  if (run.status !== 'succeeded')
    throw new AppError({
      code: 'run-not-succeeded',
      message: `Run ${run.id} (${run.recipe}) is ${run.status}; only a succeeded run has a model to use.`,
      hint:
        run.status === 'queued' || run.status === 'running'
          ? 'Wait until it has finished.'
          : 'Resume it, or run it again.',
      details: { runId: run.id, status: run.status },
    });
  return {
    final: read(workspace, run.id, 'final-model.json', finalModelSchema),
    intervals: read(workspace, run.id, 'intervals.json', residualsSchema),
  };
}

/** @param workspace where the run lies: what it trained may be stored beside the model */
export function reviveFinal(final: FinalModel, { objects }: Pick<Workspace, 'objects'>): FittedModel {
  return reviveModel(final.model, createFoundationHost({ objects: () => objects }));
}

function read<T>(workspace: Workspace, runId: string, name: string, schema: z.ZodType<T>): T {
  const artifact = workspace.findArtifact(runId, name);
  if (!artifact)
    throw new AppError({
      code: 'model-missing',
      message: `Run ${runId} has no ${name}.`,
      hint: 'Run the recipe again.',
    });
  const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(workspace.objects.get(artifact.hash))));
  if (parsed.success) return parsed.data;
  throw new AppError({
    code: 'artifact-unreadable',
    message: `${name} of run ${runId} does not have the form this version reads.`,
    hint: 'It was written by another version of Voltcast; run the recipe again.',
  });
}
