/**
 * @file Combinations of categories. CatBoost grows them greedily: whatever the current tree has asked so far is joined with
 * every categorical column, so a tree may follow a question about `site` with one about `site and weekday`
 * (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", 2018, section 3.2 and appendix).
 */

export interface Combination {
  /** categorical columns, ascending */
  readonly columns: readonly number[];
  /** numeric questions that are part of it: a bit `value > border` for each */
  readonly binary: readonly { readonly column: number; readonly border: number }[];
  /** a bit `code == value` for each */
  readonly equal: readonly { readonly column: number; readonly code: number }[];
}

/** What a level of the current tree asked. */
export type AskedQuestion =
  | { readonly kind: 'number'; readonly column: number; readonly border: number }
  | { readonly kind: 'equal'; readonly column: number; readonly code: number }
  | { readonly kind: 'statistic'; readonly combination: Combination };

/** Equal for equal combinations. */
export const combinationKey = ({ columns, binary, equal }: Combination): string =>
  `${columns.join(',')}|${binary.map((b) => `${b.column}>${b.border}`).join(',')}|${equal.map((e) => `${e.column}=${e.code}`).join(',')}`;

/** Categorical columns, and one more where the combination holds bits (max_ctr_complexity counts so). */
export const complexityOf = ({ columns, binary, equal }: Combination): number =>
  columns.length + (binary.length + equal.length > 0 ? 1 : 0);

export const single = (column: number): Combination => ({ columns: [column], binary: [], equal: [] });

/**
 * Combinations that may be asked next: each base (all plain questions of the tree together, or the combination of one
 * statistic it asked for) joined with each categorical column.
 * @param columns columns with more categories than one_hot_max_size
 * @param most max_ctr_complexity
 */
export function growCombinations(
  asked: readonly AskedQuestion[],
  columns: readonly number[],
  most: number,
): Combination[] {
  const bases: Combination[] = [];
  const plain = plainQuestions(asked);
  if (plain.binary.length + plain.equal.length > 0) bases.push(plain);
  for (const question of asked) if (question.kind === 'statistic') bases.push(question.combination);
  const grown = new Map<string, Combination>();
  for (const base of bases) {
    for (const column of columns) {
      if (base.columns.includes(column)) continue;
      const next = { ...base, columns: [...base.columns, column].sort((a, b) => a - b) };
      if (complexityOf(next) <= most) grown.set(combinationKey(next), next);
    }
  }
  return [...grown.values()];
}

/** All questions about numbers and single codes, in CatBoost's order: by column, then by border or code. */
function plainQuestions(asked: readonly AskedQuestion[]): Combination {
  const binary = new Map<string, { column: number; border: number }>();
  const equal = new Map<string, { column: number; code: number }>();
  for (const question of asked) {
    if (question.kind === 'number')
      binary.set(`${question.column} ${question.border}`, {
        column: question.column,
        border: question.border,
      });
    if (question.kind === 'equal')
      equal.set(`${question.column} ${question.code}`, { column: question.column, code: question.code });
  }
  return {
    columns: [],
    binary: [...binary.values()].sort((a, b) => a.column - b.column || a.border - b.border),
    equal: [...equal.values()].sort((a, b) => a.column - b.column || a.code - b.code),
  };
}
