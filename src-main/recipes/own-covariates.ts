/** @file The template with covariates names those of one dataset; on another, its own columns stand in their place. */
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

/**
 * @param source of a recipe; one that is not the template, or was edited, is given as it is
 * @returns with the dataset's columns but for its target, known ahead where the import says so, where it has none of those named
 */
export function withOwnCovariates<Source extends { readonly name: string; readonly text: string }>(
  source: Source,
  dataset: Pick<DatasetVersion, 'columns' | 'target'>,
): Source {
  const { name, text } = source;
  if (name !== template || text !== readFileSync(path.join(templatesFolder(), template), 'utf8'))
    return source;
  const { data } = recipeOrThrow(text, name);
  const there = new Set(dataset.columns.map((column) => column.name));
  if ([...data.pastCovariates, ...data.knownCovariates].some((column) => there.has(column))) return source;
  const own = dataset.columns
    .filter((column) => column.name !== dataset.target && carries(column))
    .slice(0, most);
  const named = (known: boolean): string[] =>
    own.flatMap((column) => (column.knownAhead === known ? column.name : []));
  return {
    ...source,
    text: editRecipe(text, { 'data.pastCovariates': named(false), 'data.knownCovariates': named(true) }),
  };
}
