/** @file The template with covariates names those of one dataset; on another, those of them that are there, else its own columns. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ColumnInfo, DatasetVersion } from '../../src-preload/contract/index.ts';
import { editRecipe } from './edit.ts';
import { recipeOrThrow } from './parse.ts';
import { templatesFolder } from './resources-folder.ts';

const template = 'chronos2_covariates_config.yaml';

/** Every column is a series of its own in each window: more of them cost memory and hardly tell more. */
const most = 20;

const carries = ({ kind }: ColumnInfo): boolean =>
  kind !== 'constant' && kind !== 'empty' && kind !== 'timestamp' && kind !== 'series';

type Columns = Pick<DatasetVersion, 'columns' | 'target'>;

/** Columns that may tell something of the target. */
export const covariatesOf = ({ columns, target }: Columns): ColumnInfo[] =>
  columns.filter((column) => column.name !== target && carries(column));

/**
 * @param source of a recipe; one that is not the template, or was edited, is given as it is
 * @returns naming those of its columns that the dataset has; where it has none of them, its own but for the target, known ahead where
 * the import says so
 */
export function withOwnCovariates<Source extends { readonly name: string; readonly text: string }>(
  source: Source,
  dataset: Columns,
): Source {
  const { name, text } = source;
  if (name !== template || text !== readFileSync(path.join(templatesFolder(), template), 'utf8'))
    return source;
  const { data } = recipeOrThrow(text, name);
  const own = covariatesOf(dataset);
  const names = new Set(own.map((column) => column.name));
  const named = [...data.pastCovariates, ...data.knownCovariates];
  const there = named.filter((column) => names.has(column));
  if (there.length === named.length) return source;
  const [past, known] =
    there.length > 0
      ? [data.pastCovariates, data.knownCovariates].map((list) => list.filter((name) => names.has(name)))
      : [false, true].map((ahead) =>
          own.slice(0, most).flatMap((column) => (isAhead(column) === ahead ? column.name : [])),
        );
  return {
    ...source,
    text: editRecipe(text, { 'data.pastCovariates': past, 'data.knownCovariates': known }),
  };
}

/** What gives the target away at the same instant is not known before it, whatever the import says. */
const isAhead = ({ knownAhead, leakage }: ColumnInfo): boolean => knownAhead && leakage === null;
