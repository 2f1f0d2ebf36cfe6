/** @file What `training.continueFrom` of a recipe names: looked up before a run starts, since its process sees no store. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Recipe } from '../../src-preload/contract/index.ts';
import type { ContentHash, Workspace } from '../workspace/types.ts';
import type { ContinuedRun } from './step.ts';

/**
 * @returns null where the recipe continues nothing
 * @throws AppError `run-not-found`, `run-ambiguous`, `continue-from-unfinished`, `continue-from-differs`
 */
export function continuedRun(
  workspace: Pick<Workspace, 'getRun' | 'findArtifact'>,
  recipe: Recipe,
): ContinuedRun | null {
  const wanted = recipe.training.continueFrom;
  if (wanted === null) return null;
  const place = { key: 'training.continueFrom' };
  const run = workspace.getRun(wanted);
  if (run.modelType !== recipe.model.type)
    throw new AppError({
      code: 'continue-from-differs',
      message: `Training cannot go on from run ${run.id} (${run.recipe}): it is a model of type ${run.modelType}, this one is ${recipe.model.type}.`,
      hint: 'Name a run of the same model type.',
      place,
    });
  const hashOf = (name: string): ContentHash => {
    const artifact = workspace.findArtifact(run.id, name);
    if (run.status === 'succeeded' && artifact !== null) return artifact.hash;
    throw new AppError({
      code: 'continue-from-unfinished',
      message: `Training cannot go on from run ${run.id} (${run.recipe}): it is ${run.status}${artifact === null ? ` and has no ${name}` : ''}.`,
      hint: 'Name a run that has finished here, see voltcast runs list.',
      place,
    });
  };
  return {
    runId: run.id,
    recipeName: run.recipe,
    model: hashOf('model.json'),
    split: hashOf('split.json'),
    frame: hashOf('frame.json'),
    final: hashOf('final-model.json'),
  };
}
