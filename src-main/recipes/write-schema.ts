/**
 * @file Writes what follows from the schemas, see derived-files.ts. Run after a change to the recipe or to a model's
 * defaults:
 *
 *   node src-main/recipes/write-schema.ts && npx prettier --write resources/recipes
 */
import { writeFileSync } from 'node:fs';
import { derivedFiles } from './derived-files.ts';

for (const { file, text } of derivedFiles()) writeFileSync(file, text);
