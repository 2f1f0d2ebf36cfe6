/** @file The recipes there are: templates that come with the app, and the user's own in `<workspace>/recipes`. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ModelType, RecipeSummary, Task } from '../../src-preload/contract/index.ts';
import { familyOf } from '../models/families.ts';
import { maxRecipeBytes, readDocument } from './document.ts';
import { nearest } from './nearest.ts';
import { parseRecipe, recipeError } from './parse.ts';
import { templatesFolder } from './resources-folder.ts';
import { taskReady } from './rules.ts';
import { isModelType } from './schema-walk.ts';
import { valueAt } from './messages.ts';

const fileName = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,120}\.ya?ml$/u;

/**
 * Templates first (in the order of `templateOrder`), then the user's recipes by name. A user's recipe that does not
 * load is listed with the reason as its description, so that it can be opened and mended.
 */
export function listTemplates(userFolder: string | null): RecipeSummary[] {
  const templates = yamlFiles(templatesFolder()).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const own = userFolder ? yamlFiles(userFolder).sort((a, b) => a.localeCompare(b)) : [];
  return [
    ...templates.map((name) => summarise(name, readText(path.join(templatesFolder(), name)), true)),
    ...own
      .filter((name) => !templates.includes(name))
      .map((name) => summarise(name, readText(path.join(userFolder!, name)), false)),
  ];
}

/**
 * @param name file name, with or without `.yaml`; `xgboost` stands for `xgboost_config.yaml`
 * @throws AppError `recipe-not-found` with the nearest name
 */
export function readRecipe(name: string, userFolder: string | null): { name: string; text: string } {
  for (const candidate of [name, `${name}.yaml`, `${name}.yml`, `${name}_config.yaml`]) {
    // a bare file name only: no way out of the folder
    if (!fileName.test(candidate)) continue;
    for (const folder of [templatesFolder(), userFolder]) {
      if (!folder) continue;
      const file = path.join(folder, candidate);
      if (existsSync(file)) return { name: candidate, text: readText(file) };
    }
  }
  const known = [...yamlFiles(templatesFolder()), ...(userFolder ? yamlFiles(userFolder) : [])];
  const plain = known.map((file) => file.replace(/(_config)?\.ya?ml$/, ''));
  const near = nearest(name.replace(/(_config)?\.ya?ml$/, ''), plain);
  const nearName = near === null ? null : known[plain.indexOf(near)]!;
  throw new AppError({
    code: 'recipe-not-found',
    message: `There is no recipe "${name}".`,
    hint: nearName ? `Did you mean ${nearName}?` : `There are: ${known.join(', ')}.`,
    details: { nearest: nearName, recipes: known },
  });
}

/**
 * Writes a recipe of the user's, whole or not at all.
 * @throws AppError `recipe-name-invalid`, `recipe-is-template`, `recipe-invalid`
 */
export function saveRecipe(name: string, text: string, userFolder: string): RecipeSummary {
  const file = /\.ya?ml$/.test(name) ? name : `${name}.yaml`;
  if (!fileName.test(file))
    throw new AppError({
      code: 'recipe-name-invalid',
      message: `"${name}" cannot be the name of a recipe.`,
      hint: 'Use letters, digits, spaces, points, hyphens and underscores, beginning with a letter or a digit.',
      place: { key: 'name' },
    });
  if (existsSync(path.join(templatesFolder(), file)))
    throw new AppError({
      code: 'recipe-is-template',
      message: `${file} comes with the app and stays as it is.`,
      hint: `Save it under a name of your own, e.g. ${freeName(file, userFolder)}.`,
      details: { suggestion: freeName(file, userFolder) },
      place: { key: 'name' },
    });
  const { issues, recipe } = parseRecipe(text, file);
  if (!recipe) throw recipeError(issues, file);
  mkdirSync(userFolder, { recursive: true });
  writeFileAtomic.sync(path.join(userFolder, file), text, { encoding: 'utf8' });
  return summarise(file, text, false);
}

/** Simple models first: the order in which a reader meets them. */
const templateOrder = [
  'seasonal_naive_config.yaml',
  'seasonal_naive_weekly_config.yaml',
  'linear_config.yaml',
  'xgboost_config.yaml',
  'lightgbm_config.yaml',
  'catboost_config.yaml',
  'random_forest_config.yaml',
  'extra_trees_config.yaml',
  'decision_tree_config.yaml',
  'blend_config.yaml',
  'ensemble_lightgbm_config.yaml',
  'ensemble_ridge_config.yaml',
  'soft_sensor_config.yaml',
  'chronos2_zeroshot_config.yaml',
  'chronos2_finetuned_config.yaml',
  'chronos2_covariates_config.yaml',
  'chronos_bolt_config.yaml',
  'chronos_t5_config.yaml',
];
const rank = (name: string): number => {
  const index = templateOrder.indexOf(name);
  return index < 0 ? templateOrder.length : index;
};

function summarise(name: string, text: string, builtIn: boolean): RecipeSummary {
  const { recipe, issues } = parseRecipe(text, name);
  const title = name.replace(/(_config)?\.ya?ml$/, '');
  if (recipe)
    return {
      name,
      title: recipe.name ?? title,
      description: recipe.description ?? '',
      modelType: recipe.model.type,
      family: familyOf(recipe.model.type),
      task: recipe.task,
      builtIn,
      engineReady: taskReady(recipe.task),
    };
  // best effort: what can be read of a broken file, and what is wrong with it
  const data = readDocument(text).data;
  const type = valueAt(data, ['model', 'type']);
  const modelType: ModelType = isModelType(type) ? type : 'linear';
  const task = valueAt(data, ['task']);
  return {
    name,
    title,
    description: `Does not load: ${recipeError(issues).message}`,
    modelType,
    family: familyOf(modelType),
    task: (task === 'regression' || task === 'classification' ? task : 'forecast') satisfies Task,
    builtIn,
    engineReady: false,
  };
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && fileName.test(entry.name))
    .map((entry) => entry.name);
}

/** A file beyond the limit is not read at all; the parser then says how large it is. */
function readText(file: string): string {
  const { size } = statSync(file);
  return size > maxRecipeBytes
    ? ' '.repeat(maxRecipeBytes + 1)
    : readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}

function freeName(file: string, userFolder: string): string {
  const stem = file.replace(/(_config)?\.ya?ml$/, '');
  for (let number = 1; ; number += 1) {
    const candidate = `my_${stem}${number === 1 ? '' : `_${number}`}.yaml`;
    if (!existsSync(path.join(userFolder, candidate))) return candidate;
  }
}
