/** @file One way to declare the parameters of a model type: names with defaults, and the aliases that stand for them. */
import { z } from 'zod';
import { AppError } from '../../../../src-preload/contract/index.ts';
import { paramsError } from '../../params.ts';

export interface ParamSet<S extends z.ZodRawShape> {
  /** strict; holds the aliases too */
  readonly schema: z.ZodObject;
  /** other spellings and the names they stand for */
  readonly aliases: Readonly<Record<string, string>>;
  /**
   * Reads parameters as written in a recipe and folds aliases into the names they stand for. Of a name and its alias the
   * one written later counts, so that setting `eta` over a template that says `learning_rate` does what it says.
   * @throws AppError `model-params` naming the key
   */
  parse(raw: Record<string, unknown>): z.output<z.ZodObject<S>>;
}

/** @param aliases by name: the other spellings its library takes */
export function defineParams<S extends z.ZodRawShape>(
  shape: S,
  aliases: { readonly [K in keyof S]?: readonly string[] },
): ParamSet<S> {
  const nameOf: Record<string, string> = {};
  const whole: Record<string, z.core.$ZodType> = { ...shape };
  for (const [name, others] of Object.entries(aliases) as [string, readonly string[]][])
    for (const other of others) {
      nameOf[other] = name;
      whole[other] = withoutDefault(shape[name]).optional().describe(`Alias of ${name}`);
    }
  const schema = z.strictObject(whole);
  return {
    schema,
    aliases: nameOf,
    parse(raw) {
      const result = schema.safeParse(raw);
      if (!result.success) throw paramsError(result.error);
      const values: Record<string, unknown> = result.data;
      const isAlias = (key: string): boolean => Object.hasOwn(nameOf, key);
      const folded = new Map(Object.entries(values).filter(([key]) => !isAlias(key)));
      for (const key of Object.keys(raw))
        if (raw[key] !== undefined) folded.set(isAlias(key) ? nameOf[key] : key, values[key]);
      return Object.fromEntries(folded) as z.output<z.ZodObject<S>>;
    },
  };
}

function withoutDefault(schema: z.core.$ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner as z.ZodType;
}

export const share = z.number().gt(0).max(1);
export const penalty = z.number().nonnegative();
export const rounds = z.number().int().min(1).max(100_000);
export const rate = z.number().gt(0).max(10);
export const level = z.number().gt(0).lt(1);
export const levels = z.union([level, z.array(level).min(1).max(99)]);
export const autoOr = <T extends z.ZodType>(schema: T) => z.union([z.literal('auto'), schema]);
const direction = z.union([z.literal(-1), z.literal(0), z.literal(1)]);

export const monotone = z
  .union([z.record(z.string(), direction), z.array(direction)])
  .optional()
  .describe('1: rises with the feature, -1: falls; by feature name, or a list over all features');
export const interactions = z
  .array(z.array(z.union([z.string(), z.number().int().nonnegative()])).min(1))
  .optional()
  .describe('Groups of features, by name or number, that may meet in one branch');

/** Early stopping as every boosted type takes it. */
export const stoppingShape = {
  validation_fraction: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.15)
    .describe('Last share of the rows, in time, that early stopping watches'),
} as const;

const key = (name: string): string => `model.params.${name}`;

export function refused(name: string, problem: string, hint: string): AppError {
  return new AppError({
    code: 'model-params',
    message: `${key(name)}: ${problem}.`,
    hint,
    place: { key: key(name) },
  });
}

/**
 * Directions by column from `monotone_constraints`.
 * @throws AppError `model-params` for a feature that is not there
 */
export function monotoneByColumn(
  given: Readonly<Record<string, number>> | readonly number[] | undefined,
  names: readonly string[],
  categorical: readonly boolean[],
): Int8Array | null {
  if (given === undefined) return null;
  const out = new Int8Array(names.length);
  if (Array.isArray(given)) {
    if (given.length > names.length)
      throw refused(
        'monotone_constraints',
        `${given.length} directions for ${names.length} features`,
        featureHint(names),
      );
    out.set(given as readonly number[]);
  } else
    for (const [name, sign] of Object.entries(given))
      out[columnOf(name, names, 'monotone_constraints')] = sign;
  out.forEach((sign, f) => {
    if (sign !== 0 && categorical[f])
      throw refused(
        'monotone_constraints',
        `${names[f]} is a category, which has no order`,
        'Constrain numbers only.',
      );
  });
  return out.some((sign) => sign !== 0) ? out : null;
}

/** @throws AppError `model-params` for a feature that is not there */
export function interactionGroups(
  given: readonly (readonly (string | number)[])[] | undefined,
  names: readonly string[],
): readonly (readonly number[])[] | null {
  if (given === undefined || given.length === 0) return null;
  return given.map((group) =>
    [...new Set(group.map((member) => columnOf(member, names, 'interaction_constraints')))].sort(
      (a, b) => a - b,
    ),
  );
}

function columnOf(member: string | number, names: readonly string[], param: string): number {
  const column = typeof member === 'number' ? member : names.indexOf(member);
  if (column >= 0 && column < names.length) return column;
  throw refused(param, `there is no feature ${member}`, featureHint(names));
}

const featureHint = (names: readonly string[]): string =>
  `Features of this model: ${names.slice(0, 40).join(', ')}${names.length > 40 ? ' …' : ''}.`;

/** Ascending, each level once. */
export const levelList = (given: number | readonly number[]): number[] =>
  [...new Set(typeof given === 'number' ? [given] : given)].sort((a, b) => a - b);

export const asList = <T>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as readonly T[]) : [given as T];
