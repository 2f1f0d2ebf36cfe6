/** @file Names of models for people. */
import type { TFunction } from 'i18next';

/** A type of a newer version is shown as it is written. */
export const modelName = (t: TFunction<['runs', ...string[]]> | TFunction<'runs'>, type: string): string =>
  (t as TFunction)(`runs:model.${type}`, { defaultValue: type.replaceAll('_', ' ') });
