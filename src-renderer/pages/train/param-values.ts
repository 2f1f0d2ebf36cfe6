/** @file How parameter values read in a form. Pure. */
import type { SchemaField } from '../../stores/recipes-schema.ts';

/** A value as one would write it in YAML on one line. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export const shownDefault = (field: SchemaField): string =>
  field.default === undefined ? '' : valueText(field.default);

/** Schemas mark a second name of a parameter in its description. */
export const isAlias = (field: SchemaField): boolean =>
  /^(alias|same as|another name)\b/i.test(field.description ?? '');

/** Whole numbers apart by commas or spaces; null when something else stands there. */
export function stepsOf(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  return numbers.every((n) => Number.isInteger(n) && n > 0) ? numbers : null;
}
