/** @file The questions of an ensemble as CatBoost counts them. */
import { categoryHash } from '../categories/combination-hash.ts';
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, TreeEnsemble } from '../ensemble.ts';
import { codesOf } from './tree-builder.ts';

/** What a question asks of a column: above a border, or equal to a category. */
export interface Question {
  readonly column: number;
  readonly border: number;
  readonly equal: boolean;
}

/** Of all trees, with repetitions. */
export function questionsOf({ trees }: TreeEnsemble): Question[] {
  if (trees.shape === 'symmetric')
    return Array.from(trees.feature, (column, q) => ({
      column,
      border: trees.border[q],
      equal: trees.equal[q] === 1,
    }));
  return Array.from(trees.feature.keys())
    .filter((i) => trees.feature[i] >= 0)
    .map((i) => nodeQuestion(trees, i));
}

/** Of an inner node. */
export function nodeQuestion(trees: NodeTrees, node: number): Question {
  const equal = (trees.flags[node] & nodeFlag.category) !== 0;
  const border = equal ? (codesOf(trees, trees.threshold[node])[0] ?? -1) : trees.threshold[node];
  return { column: trees.feature[node], border, equal };
}

/** All questions in CatBoost's order: borders of numbers, single categories, borders of statistics. */
export interface Numbering {
  /** by column (derived ones after the features): what it is asked, ascending; hashes for categories */
  readonly asked: readonly (readonly number[])[];
  /** number of the column's first question */
  readonly first: readonly number[];
  /** number of a column among the float, or among the categorical ones */
  readonly place: readonly number[];
}

export function numberQuestions(ensemble: TreeEnsemble, questions: readonly Question[]): Numbering {
  const { features, derived } = ensemble;
  const sets = Array.from({ length: features.length + derived.length }, () => new Set<number>());
  for (const question of questions)
    sets[question.column].add(
      question.equal ? hashOf(ensemble, question.column, question.border) : question.border,
    );
  // borders inside of combinations are found among those of their column
  for (const { binary, equal } of derived) {
    for (const { column, border } of binary) sets[column].add(border);
    for (const { column, code } of equal) sets[column].add(hashOf(ensemble, column, code));
  }
  const asked = sets.map((set) => [...set].sort((a, b) => a - b));
  const isCategory = (f: number): boolean => f < features.length && features[f].kind === 'category';
  const order = [
    ...[...features.keys()].filter((f) => !isCategory(f)),
    ...[...features.keys()].filter(isCategory),
    ...derived.map((_, d) => features.length + d),
  ];
  const first = new Array<number>(sets.length).fill(0);
  let next = 0;
  for (const column of order) {
    first[column] = next;
    next += asked[column].length;
  }
  let floats = 0;
  let categories = 0;
  const place = features.map(({ kind }) => (kind === 'category' ? categories++ : floats++));
  return { asked, first, place };
}

/** CatBoost writes hashes of single categories as signed numbers of 32 bits. */
export const hashOf = ({ features }: TreeEnsemble, column: number, code: number): number =>
  categoryHash(code < 0 ? '' : (features[column].categories?.[code] ?? String(code))) | 0;
