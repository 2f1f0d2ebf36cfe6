/**
 * @file The recipe as JSON Schema (draft 2020-12), made from the zod schema: for `voltcast recipes schema`, for the
 * editor's completion, and as `resources/recipes/recipe.schema.json`, which templates name in their first line.
 * What stands under `model.params` depends on `model.type`, so each type brings its own branch.
 */
import { z } from 'zod';
import { modelTypes, recipeSchema } from '../../src-preload/contract/index.ts';
import { modelParamsSchema } from '../models/registry.ts';

type Json = Record<string, unknown>;

export const schemaFile = 'recipe.schema.json';

export function recipeJsonSchema(): Json {
  const schema = z.toJSONSchema(recipeSchema, { io: 'input', unrepresentable: 'any' }) as Json;
  const properties = schema.properties as Record<string, Json>;
  const model = properties.model!;
  const type = (model.properties as Record<string, Json>).type!;
  type.description = `Model family member. In this version: ${modelTypes.join(', ')}`;
  // each branch closes the parameters for its type
  model.allOf = modelTypes.map((name) => ({
    if: { properties: { type: { const: name } }, required: ['type'] },
    then: { properties: { params: paramsSchema(name) } },
  }));
  // `data:` with nothing below it is an empty section
  for (const [name, section] of Object.entries(properties))
    if (name !== 'model' && section.type === 'object') section.type = ['object', 'null'];
  return {
    ...(tidy(schema) as Json),
    $id: 'recipe.schema.json',
    title: 'Voltcast recipe',
    description: 'Everything about a run: data, cleaning, features, split, model, limits, tracking.',
  };
}

function paramsSchema(type: (typeof modelTypes)[number]): Json {
  const schema = z.toJSONSchema(modelParamsSchema(type), { io: 'input', unrepresentable: 'any' }) as Json;
  delete schema.$schema;
  return schema;
}

/** Without the bounds that only say "fits a JavaScript number": they are noise in an editor's tooltip. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, inner]) =>
          !(key === 'maximum' && inner === Number.MAX_SAFE_INTEGER) &&
          !(key === 'minimum' && inner === Number.MIN_SAFE_INTEGER),
      )
      .map(([key, inner]) => [key, tidy(inner)]),
  );
}
