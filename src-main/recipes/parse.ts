/** @file Recipe text -> recipe with every default filled in, or issues that name line, column, key and what was meant. */
import type { z } from 'zod';
import { AppError, recipeSchema } from '../../src-preload/contract/index.ts';
import type { ModelType, Recipe, RecipeIssue } from '../../src-preload/contract/index.ts';
import { createEstimator, modelParamsSchema } from '../models/registry.ts';
import { readDocument } from './document.ts';
import type { RecipeDocument } from './document.ts';
import { issue, issuesOf, valueAt } from './messages.ts';
import { checkRules, taskReady } from './rules.ts';
import { childOf, isModelType, isNullable, keysOf, unwrap } from './schema-walk.ts';
import type { Schema } from './schema-walk.ts';

export interface ParsedRecipe {
  /** errors first, each in the order of the file */
  readonly issues: RecipeIssue[];
  /** null when there is an error */
  readonly recipe: Recipe | null;
}

/**
 * @param text YAML, at most 256 KiB; aliases and nesting are limited, so hostile text ends in an issue and not in a hang
 * @param file name for messages about the whole file, e.g. `xgboost_config.yaml`
 */
export function parseRecipe(text: string, file?: string): ParsedRecipe {
  const document = readDocument(text);
  const issues: RecipeIssue[] = document.problems.map((problem) =>
    issue(problem.place, { severity: problem.severity, code: problem.code, message: problem.message }),
  );
  if (issues.some((found) => found.severity === 'error')) return { issues: inOrder(issues), recipe: null };
  if (document.data === null || document.data === undefined) {
    issues.push(
      issue(
        { line: 1, column: 1 },
        {
          code: 'empty',
          message: `${file ?? 'The recipe'} is empty; the least a recipe holds is model.type.`,
          key: 'model',
        },
      ),
    );
    return { issues, recipe: null };
  }
  const data = dropEmptySections(document.data, recipeSchema as Schema);
  const type: unknown = valueAt(data, ['model', 'type']);
  const modelType = isModelType(type) ? type : null;
  const parsed = recipeSchema.safeParse(data);
  if (!parsed.success) issues.push(...issuesOf(parsed.error.issues, document, modelType));
  // parameters are judged even when other keys are wrong, so that one look shows everything
  if (modelType) issues.push(...checkParams(data, modelType, document));
  if (parsed.success) issues.push(...checkRules(parsed.data, document));
  if (parsed.success && !issues.some((found) => found.severity === 'error'))
    issues.push(...askModel(parsed.data, document));
  const failed = issues.some((found) => found.severity === 'error');
  return { issues: inOrder(issues), recipe: parsed.success && !failed ? parsed.data : null };
}

/** The recipe, or the first issue as an error with all of them in `details.issues`. */
export function recipeOrThrow(text: string, file?: string): Recipe {
  const { issues, recipe } = parseRecipe(text, file);
  if (recipe) return recipe;
  throw recipeError(issues, file);
}

export function recipeError(issues: readonly RecipeIssue[], file?: string): AppError {
  const errors = issues.filter((found) => found.severity === 'error');
  const first = errors[0] ?? issue(null, { code: 'empty', message: 'The recipe is empty.' });
  const where = [
    file,
    first.line === null ? undefined : `line ${first.line}`,
    first.column === null ? undefined : `column ${first.column}`,
  ].filter((part) => part !== undefined);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new AppError({
    code: 'recipe-invalid',
    message: `${where.length > 0 ? `${where.join(', ')}: ` : ''}${first.message}${more}`,
    ...(first.suggestion === null || first.message.includes('Did you mean')
      ? {}
      : { hint: `Did you mean ${first.suggestion}?` }),
    place: {
      ...(file === undefined ? {} : { file }),
      ...(first.line === null ? {} : { line: first.line }),
      ...(first.column === null ? {} : { column: first.column }),
      ...(first.key === null ? {} : { key: first.key }),
    },
    details: { issues: [...issues] },
  });
}

function checkParams(data: unknown, type: ModelType, document: RecipeDocument): RecipeIssue[] {
  const params = valueAt(data, ['model', 'params']) ?? {};
  if (typeof params !== 'object' || Array.isArray(params)) return []; // the recipe schema has said so
  const parsed = (modelParamsSchema(type) as z.ZodType).safeParse(params);
  return parsed.success ? [] : issuesOf(parsed.error.issues, document, type, ['model', 'params']);
}

/** What the model itself objects to: parameters that contradict each other, members it cannot take. */
function askModel(recipe: Recipe, document: RecipeDocument): RecipeIssue[] {
  if (!taskReady(recipe.task)) return []; // said as a warning
  try {
    createEstimator(recipe);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const key = thrown.place?.key ?? 'model.type';
    const hint = thrown.hint === undefined ? '' : ` ${thrown.hint}`;
    return [
      issue(document.valuePlace(key.split('.')), {
        code: thrown.code,
        message: `${thrown.message}${hint}`,
        key,
      }),
    ];
  }
}

/** `data:` with nothing but comments below it is an empty section, not a mistake. */
function dropEmptySections(data: unknown, schema: Schema): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      const child = childOf(schema, key);
      if (!child) return [[key, value]];
      const section = keysOf(child).length > 0 || unwrap(child)._zod.def.type === 'record';
      if (section && value === null && !isNullable(child)) return [];
      return [[key, section ? dropEmptySections(value, child) : value]];
    }),
  );
}

function inOrder(issues: readonly RecipeIssue[]): RecipeIssue[] {
  const rank = (found: RecipeIssue): number => (found.severity === 'error' ? 0 : 1);
  return [...issues].sort(
    (a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
