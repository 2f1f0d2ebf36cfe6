/**
 * @file The parts of `resources/recipes` that follow from the schemas: `recipe.schema.json`, and in the templates the
 * parameters that are shown with the engine's own values. The schemas decide; a template never says otherwise.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { modelParamsSchema } from '../models/registry.ts';
import { editRecipe } from './edit.ts';
import { recipeJsonSchema, schemaFile } from './json-schema.ts';
import { recipeOrThrow } from './parse.ts';
import { templatesFolder } from './resources-folder.ts';

export interface DerivedFile {
  readonly file: string;
  readonly text: string;
}

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
  'chronos2_finetuned_config.yaml',
  'chronos2_covariates_config.yaml',
];

/** What each file should hold. One that says the same already is given as it stands, whatever its layout. */
export function derivedFiles(): DerivedFile[] {
  return [schemaText(), ...showDefaults.map(templateText)];
}

function schemaText(): DerivedFile {
  const file = path.join(templatesFolder(), schemaFile);
  const standing = readFileSync(file, 'utf8');
  const schema = recipeJsonSchema();
  const isCurrent = isDeepStrictEqual(JSON.parse(standing), JSON.parse(JSON.stringify(schema)));
  return { file, text: isCurrent ? standing : `${JSON.stringify(schema, null, 2)}\n` };
}

function templateText(name: string): DerivedFile {
  const file = path.join(templatesFolder(), name);
  const text = readFileSync(file, 'utf8');
  const { model } = recipeOrThrow(text, name);
  const defaults: Record<string, unknown> = modelParamsSchema(model.type).parse({});
  const changed = Object.entries(model.params).filter(
    ([key, shown]) => Object.hasOwn(defaults, key) && !isDeepStrictEqual(shown, defaults[key]),
  );
  return {
    file,
    text: editRecipe(
      text,
      Object.fromEntries(changed.map(([key]) => [`model.params.${key}`, defaults[key]])),
    ),
  };
}
