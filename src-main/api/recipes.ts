/** @file `recipes.*` */
import { listTemplates, readRecipe, saveRecipe } from '../recipes/catalogue.ts';
import { editRecipe } from '../recipes/edit.ts';
import { portfolioFor } from '../recipes/portfolio.ts';
import { recipeJsonSchema } from '../recipes/json-schema.ts';
import { parseRecipe } from '../recipes/parse.ts';
import type { Handlers } from './handler.ts';

export const recipes: Handlers<'recipes'> = {
  'recipes.list': (app) => listTemplates(app.recipesFolder),
  'recipes.portfolio': ({ workspace }, { dataset, version }) =>
    portfolioFor(workspace.getDatasetVersion(dataset, version).version),
  'recipes.get': (app, input) => readRecipe(input.name, app.recipesFolder),
  'recipes.validate': (_app, input) => parseRecipe(input.text),
  'recipes.schema': () => recipeJsonSchema(),
  'recipes.save': (app, input) => saveRecipe(input.name, input.text, app.recipesFolder),
  'recipes.edit': (_app, input) => ({ text: editRecipe(input.text, input.set) }),
};
