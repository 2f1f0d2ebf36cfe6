/** @file `voltcast recipes [show NAME|schema]`. */
import type { Session } from '../context.ts';
import { print, printJson, printTable } from '../output.ts';

export async function listRecipes(session: Session): Promise<number> {
  const recipes = await session.api.call('recipes.list', {});
  if (session.flags.json === true) printJson({ recipes });
  else
    printTable(
      ['recipe', 'model', 'task', 'ready', 'what it is'],
      recipes.map((recipe) => [
        recipe.name,
        recipe.modelType,
        recipe.task,
        recipe.engineReady ? 'yes' : 'not yet',
        recipe.title,
      ]),
    );
  return 0;
}

export async function showRecipe(session: Session, name: string): Promise<number> {
  const recipe = await session.api.call('recipes.get', { name });
  if (session.flags.json === true) printJson(recipe);
  else process.stdout.write(recipe.text);
  return 0;
}

export async function showSchema(session: Session): Promise<number> {
  const schema = await session.api.call('recipes.schema', {});
  if (session.flags.json === true) printJson(schema);
  else print(JSON.stringify(schema, null, 2));
  return 0;
}
