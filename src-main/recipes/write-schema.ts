/**
 * @file Writes `resources/recipes/recipe.schema.json`. Run after a change to the recipe or to a model's parameters:
 *
 *   node src-main/recipes/write-schema.ts
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { recipeJsonSchema, schemaFile } from './json-schema.ts';
import { templatesFolder } from './resources-folder.ts';

writeFileSync(path.join(templatesFolder(), schemaFile), `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
