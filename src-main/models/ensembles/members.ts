/** @file The models an ensemble is made of, as a recipe names them. */
import { z } from 'zod';
import { AppError, modelTypes } from '../../../src-preload/contract/index.ts';
import type { ModelType, Recipe } from '../../../src-preload/contract/index.ts';
import type { Estimator } from '../estimator.ts';
import { familyOf, isTuned } from '../families.ts';

export const memberSchema = z.union([
  z.enum(modelTypes),
  z.strictObject({ type: z.enum(modelTypes), params: z.record(z.string(), z.unknown()).default({}) }),
]);

/** A model type and its parameters, as `model` of a recipe holds them. */
export interface Member {
  readonly type: ModelType;
  readonly params: Record<string, unknown>;
}

/** A list as it is written, with every member spelt out. */
export const membersOf = (list: readonly z.infer<typeof memberSchema>[]): Member[] =>
  list.map((entry) => (typeof entry === 'string' ? { type: entry, params: {} } : entry));

/**
 * The members of a list, each made once to see that it can be.
 * @param key of the list below `model.params`, for messages
 * @param create makes the estimator of a recipe whose model the member is
 * @throws AppError `model-params` for an ensemble within an ensemble or wrong parameters, `task-not-supported`; each
 *   names its place below `key`
 */
export function readMembers(
  list: readonly z.infer<typeof memberSchema>[],
  key: string,
  recipe: Recipe,
  create: (recipe: Recipe) => Estimator,
): Member[] {
  return membersOf(list).map((member, index) => {
    const place = `model.params.${key}.${index}`;
    if (familyOf(member.type) === 'ensemble')
      throw new AppError({
        code: 'model-params',
        message: `${place}: ${member.type} is an ensemble and cannot be a member of one.`,
        hint: 'List the models themselves.',
        place: { key: place },
      });
    if (isTuned(member.type))
      throw new AppError({
        code: 'model-params',
        message: `${place}: ${member.type} is trained further for hours and cannot be a member of an ensemble.`,
        hint: 'List chronos2_zeroshot, or other models.',
        place: { key: place },
      });
    try {
      create(memberRecipe(recipe, member));
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      throw new AppError({
        ...thrown.toData(),
        message: `${place} (${member.type}): ${thrown.message.replace(/^model\.params\./, '')}`,
        place: { key: place },
      });
    }
    return member;
  });
}

/** The recipe of a member alone: the ensemble's, with the member as its model. */
export const memberRecipe = (recipe: Recipe, { type, params }: Member): Recipe => ({
  ...recipe,
  model: { type, params },
});

/** `xgboost`, and `xgboost 2` for a second member of the type. */
export function memberLabels(members: readonly { readonly type: string }[]): string[] {
  return members.map(({ type }, m) => {
    const earlier = members.slice(0, m).filter((other) => other.type === type).length;
    return earlier === 0 ? type : `${type} ${earlier + 1}`;
  });
}
