/** @file The model that `training.continueFrom` names, as far as a fit may go on from it. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ContinuedModel } from '../../models/estimator.ts';
import { reviveModel } from '../../models/registry.ts';
import type { ContentHash } from '../../workspace/types.ts';
import type { StepContext } from '../step.ts';
import { frameMetaSchema, parseArtifact, splitSchema } from './artifacts.ts';
import { finalModelSchema } from './final-model.ts';

/**
 * Of the run's two models, the one fitted on all its rows and the one fitted before its test, the first that has learnt
 * from nothing after `until`: a model must not be tested on rows that its first trees have seen.
 * @param until UTC ms of the last row a fit may see
 * @returns null where the recipe continues nothing
 * @throws AppError `continue-from-later`
 */
export function readContinued(
  context: Pick<StepContext, 'spec' | 'objects'>,
  until: number,
): ContinuedModel | null {
  const { continued = null } = context.spec;
  if (continued === null) return null;
  const read = (hash: ContentHash): unknown =>
    JSON.parse(new TextDecoder().decode(context.objects.get(hash)));
  const name = `run ${continued.runId} (${continued.recipeName})`;
  const final = parseArtifact('final-model.json', finalModelSchema, read(continued.final));
  if (final.signature.end <= until)
    return { model: reviveModel(final.model), end: final.signature.end, name };
  const { start, resolutionMs } = parseArtifact('frame.json', frameMetaSchema, read(continued.frame));
  const { plan } = parseArtifact('split.json', splitSchema, read(continued.split));
  const end = start + (plan.trainEnd - 1) * resolutionMs;
  if (end <= until) return { model: reviveModel(read(continued.model)), end, name };
  throw new AppError({
    code: 'continue-from-later',
    message: `Training cannot go on from ${name}: it has learnt from readings up to ${utc(end)} UTC, and the training rows end at ${utc(until)} UTC, so it would be tested on rows that it knows.`,
    hint: 'Begin the test later (split.test), or continue a run whose test began earlier.',
    place: { key: 'training.continueFrom' },
  });
}

const utc = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
