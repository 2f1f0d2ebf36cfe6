/**
 * @file Writes what follows from the schemas: `resources/recipes/recipe.schema.json`, and in the templates the
 * parameters that are shown with the engine's own values. Run after a change to the recipe or to a model's defaults:
 *
 *   node src-main/recipes/write-schema.ts && npx prettier --write resources/recipes
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { editRecipe } from './edit.ts';
import { recipeJsonSchema, schemaFile } from './json-schema.ts';
import { modelParamsSchema } from '../models/registry.ts';
import { recipeOrThrow } from './parse.ts';
import { templatesFolder } from './resources-folder.ts';

/** Templates that show defaults, so that a reader sees what there is to change. */
const showDefaults = [
  'linear_config.yaml',
  'xgboost_config.yaml',
  'lightgbm_config.yaml',
  'catboost_config.yaml',
  'random_forest_config.yaml',
  'extra_trees_config.yaml',
  'decision_tree_config.yaml',
  'blend_config.yaml',
  'soft_sensor_config.yaml',
  'ensemble_lightgbm_config.yaml',
  'ensemble_ridge_config.yaml',
];

writeFileSync(path.join(templatesFolder(), schemaFile), `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
for (const name of showDefaults) {
  const file = path.join(templatesFolder(), name);
  const text = readFileSync(file, 'utf8');
  const { model } = recipeOrThrow(text, name);
  const defaults: Record<string, unknown> = modelParamsSchema(model.type).parse({});
  const set = Object.fromEntries(
    Object.keys(model.params).map((key) => [`model.params.${key}`, defaults[key] ?? model.params[key]]),
  );
  writeFileSync(file, editRecipe(text, set));
}
