/** @file Starting runs: which recipes, with which overrides, into which experiment. Nothing is queued unless all is valid. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../src-preload/contract/index.ts';
import type {
  DatasetVersion,
  ParsedInput,
  Recipe,
  RecipeIssue,
  RunSummary,
} from '../../src-preload/contract/index.ts';
import { readRecipe } from '../recipes/catalogue.ts';
import { maxRecipeBytes } from '../recipes/document.ts';
import { checkpointsOf } from '../models/registry.ts';
import { editRecipe } from '../recipes/edit.ts';
import { withOwnCovariates } from '../recipes/own-covariates.ts';
import { parseRecipe, recipeError } from '../recipes/parse.ts';
import { portfolioFor } from '../recipes/portfolio.ts';
import type { RunManager } from '../runs/manager.ts';
import { continuedRun } from '../runs/continued-run.ts';
import { resolveRecipe } from '../runs/pipeline/resolve.ts';
import { findFoundation } from './foundation/host.ts';
import type { NewRun, Workspace } from '../workspace/types.ts';

export interface TrainingService {
  /**
   * Queues one run per recipe. `set`, `horizon` and `test` are written into the recipe's text first, so that the stored
   * text is what ran.
   * @throws AppError `dataset-not-found`, `no-recipes`, `recipe-not-found`, `recipe-invalid` (all issues in
   *   `details.issues`, the first one's line and column in `place`), `target-missing`, `series-not-found`,
   *   `run-not-found`, `continue-from-unfinished`, `continue-from-differs`
   */
  start(input: ParsedInput<'runs.start'>): { experiment: string; runIds: string[] };
  /** A new run that reuses every finished step the edit does not touch. @throws AppError `recipe-invalid` */
  rerun(id: string, recipeText?: string): RunSummary;
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

export function createTrainingService(deps: {
  readonly workspace: Workspace;
  readonly manager: Pick<RunManager, 'enqueue' | 'rerun'>;
}): TrainingService {
  const { workspace, manager } = deps;
  const userFolder = path.join(workspace.path, 'recipes');

  return {
    start(input) {
      const { version } = workspace.getDatasetVersion(input.dataset, input.version);
      const texts = chooseTexts(input, version, userFolder);
      const overrides = overridesOf(input);
      const edited = texts.map((source) => {
        const { name, text } = withOwnCovariates(source, version);
        return { name, text: Object.keys(overrides).length === 0 ? text : editRecipe(text, overrides) };
      });
      const recipes = parseAll(edited);
      const runs = recipes.map(({ name, text, recipe }): NewRun => {
        // what cannot be decided (no target, no such series) is said now, not by a run that fails in a second
        const resolved = resolveRecipe({ recipe, dataset: version });
        continuedRun(workspace, recipe);
        requireWeights(recipe);
        return {
          recipeName: name,
          recipeText: text,
          recipe,
          dataset: version.dataset,
          datasetVersion: version.version,
          experiment: input.experiment ?? resolved.tracking.experiment,
          tags: recipe.tracking.tags,
          parentRunId: null,
        };
      });
      const runIds = runs.map((run) => manager.enqueue(run).id);
      return { experiment: runs[0]!.experiment, runIds };
    },

    rerun(id, recipeText) {
      if (recipeText === undefined) return manager.rerun(id);
      const { recipeName } = workspace.getRunRequest(id);
      const { issues, recipe } = parseRecipe(recipeText, recipeName);
      if (!recipe) throw recipeError(issues, recipeName);
      continuedRun(workspace, recipe);
      requireWeights(recipe);
      return manager.rerun(id, { recipeText, recipe });
    },
  };
}

/** @throws AppError `model-not-installed` and the like, with how to get the model */
function requireWeights({ model }: Recipe): void {
  for (const { checkpoint, kinds } of checkpointsOf(model)) findFoundation(checkpoint, kinds);
}

function chooseTexts(
  input: ParsedInput<'runs.start'>,
  version: DatasetVersion,
  userFolder: string,
): readonly NamedText[] {
  const fitting = input.portfolio ? portfolioFor(version) : { recipes: [], thorough: [] };
  // what takes long comes last
  const names = [...fitting.recipes, ...input.recipes, ...(input.thorough === true ? fitting.thorough : [])];
  const chosen = names.map((recipe) => readSource(recipe, userFolder));
  // `--portfolio --recipe xgboost` means one xgboost, not two
  const unique = chosen.filter(
    (one, i) => chosen.findIndex((other) => other.name === one.name && other.text === one.text) === i,
  );
  if (unique.length > 0) return unique;
  if (!input.portfolio)
    throw new AppError({
      code: 'no-recipes',
      message: 'No recipe was given to train.',
      hint: 'Name one, e.g. xgboost_config.yaml, or train the portfolio: every model that suits the data.',
    });
  // say why nothing suits
  if (version.target === null)
    throw new AppError({
      code: 'target-missing',
      message: `The dataset ${version.dataset} has no target yet, so nothing can be trained.`,
      hint: 'Choose which column to forecast.',
      place: { key: 'data.target' },
      details: {
        choices: version.columns.filter((column) => column.type === 'number').map((column) => column.name),
      },
    });
  throw new AppError({
    code: 'too-few-rows',
    message: `${version.dataset} has ${version.rows} rows of ${version.frequency}; every model needs a few days at least.`,
    hint: 'Import a longer series.',
  });
}

/** A name from the catalogue, a path to a YAML file, or the YAML itself. */
function readSource(source: string, userFolder: string): NamedText {
  if (/[\n\r]/.test(source) || /^\s*[{#]/.test(source) || /^\s*[\w.]+\s*:(\s|$)/.test(source))
    return { name: nameOfText(source), text: source };
  if (/[\\/]/.test(source) && /\.ya?ml$/i.test(source)) {
    if (!existsSync(source) || !statSync(source).isFile())
      throw new AppError({
        code: 'recipe-not-found',
        message: `There is no recipe file ${source}.`,
        place: { file: source },
      });
    if (statSync(source).size > maxRecipeBytes)
      throw new AppError({
        code: 'recipe-invalid',
        message: `${source} is larger than ${maxRecipeBytes / 1024} KiB, so it is no recipe.`,
        place: { file: source },
      });
    return { name: path.basename(source), text: readFileSync(source, 'utf8').replace(/^\uFEFF/, '') };
  }
  return readRecipe(source, userFolder);
}

/** `name:` of the text, else its model type; a recipe that cannot be read is called `recipe`. */
function nameOfText(text: string): string {
  const { recipe } = parseRecipe(text);
  return recipe ? (recipe.name ?? recipe.model.type) : 'recipe';
}

function overridesOf(input: ParsedInput<'runs.start'>): Record<string, unknown> {
  return {
    ...input.set,
    ...(input.horizon === undefined ? {} : { 'forecast.horizon': input.horizon }),
    ...(input.test === undefined ? {} : { 'split.test': input.test }),
  };
}

function parseAll(texts: readonly NamedText[]): (NamedText & { recipe: Recipe })[] {
  const failed: { name: string; issues: readonly RecipeIssue[] }[] = [];
  const good: (NamedText & { recipe: Recipe })[] = [];
  for (const { name, text } of texts) {
    const { issues, recipe } = parseRecipe(text, name);
    if (recipe) good.push({ name, text, recipe });
    else failed.push({ name, issues });
  }
  const first = failed[0];
  if (!first) return good;
  const error = recipeError(first.issues, first.name);
  if (failed.length === 1) throw error;
  throw new AppError({
    ...error.toData(),
    details: { ...error.details, recipes: failed.map(({ name, issues }) => ({ name, issues })) },
  });
}
