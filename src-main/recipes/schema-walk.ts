/**
 * @file Reads the zod schema as data: which keys a place takes, what a value there should be, in words.
 * One walker serves the validation messages, the nearest-key search, `--set` and the editor's completion.
 */
import { z } from 'zod';
import { modelTypes, recipeSchema } from '../../src-preload/contract/index.ts';
import type { ModelType } from '../../src-preload/contract/index.ts';
import { modelParamsSchema } from '../models/registry.ts';

export type Schema = z.core.$ZodTypes;

/** The schema without what only says "may be missing": optional, nullable, defaults. */
export function unwrap(schema: Schema): Schema {
  let current = schema;
  for (;;) {
    const def = current._zod.def;
    switch (def.type) {
      case 'optional':
      case 'nullable':
      case 'default':
      case 'prefault':
      case 'readonly':
      case 'nonoptional':
      case 'catch':
        current = def.innerType as Schema;
        break;
      case 'pipe':
        // the input side: what a person writes
        current = ((def.in as Schema)._zod.def.type === 'transform' ? def.out : def.in) as Schema;
        break;
      default:
        return current;
    }
  }
}

export function isNullable(schema: Schema): boolean {
  return z.safeParse(schema, null).success;
}

/** Names a map at this place may hold; empty where any name goes, or where no map is expected. */
export function keysOf(schema: Schema): string[] {
  const def = unwrap(schema)._zod.def;
  if (def.type === 'object') return Object.keys(def.shape);
  if (def.type === 'record') {
    const key = unwrap(def.keyType as Schema)._zod.def;
    if (key.type === 'enum') return Object.values(key.entries).map(String);
  }
  return [];
}

/** Schema of a map's value or a list's item; null where the schema says nothing about it. */
export function childOf(schema: Schema, key: string | number): Schema | null {
  const def = unwrap(schema)._zod.def;
  switch (def.type) {
    case 'object':
      return (Object.hasOwn(def.shape, key) ? def.shape[key] : null) as Schema | null;
    case 'record':
      return def.valueType as Schema;
    case 'array':
      return def.element as Schema;
    case 'union': {
      for (const option of def.options as readonly Schema[]) {
        const found = childOf(option, key);
        if (found) return found;
      }
      return null;
    }
    default:
      return null;
  }
}

export function isModelType(value: unknown): value is ModelType {
  return modelTypes.includes(value as ModelType);
}

/**
 * Schema at a recipe path, e.g. `['model', 'params', 'eta']`.
 * `modelType` decides what stands below `model.params`; without it nothing is known there.
 */
export function schemaAt(path: readonly (string | number)[], modelType: ModelType | null): Schema | null {
  let current: Schema | null = recipeSchema as Schema;
  for (const [depth, key] of path.entries()) {
    if (!current) return null;
    if (depth === 1 && path[0] === 'model' && key === 'params')
      current = modelType ? (modelParamsSchema(modelType) as Schema) : null;
    else current = childOf(current, key);
  }
  return current;
}

/** Every key of the recipe as a path, e.g. `forecast.horizon`; model parameters left out. */
export function allPaths(): string[] {
  const found: string[] = [];
  const visit = (schema: Schema, prefix: string): void => {
    for (const key of keysOf(schema)) {
      const path = prefix ? `${prefix}.${key}` : key;
      found.push(path);
      const child = childOf(schema, key);
      if (child && path !== 'thresholds') visit(child, path);
    }
  };
  visit(recipeSchema as Schema, '');
  return found;
}

/** What a place takes, as a reader would say it: `a whole number above 0`, `"auto" or a list of texts`. */
export function expectedText(schema: Schema): string {
  const text = expectedCore(unwrap(schema));
  return isNullable(schema) ? `${text}, or null` : text;
}

interface NumberLimits {
  whole: boolean;
  low: { value: number; inclusive: boolean } | null;
  high: { value: number; inclusive: boolean } | null;
}

/** The checks of a number, read from their definitions. */
function numberLimits(schema: Schema): NumberLimits {
  const limits: NumberLimits = { whole: false, low: null, high: null };
  const own = schema._zod.def as { checks?: readonly z.core.$ZodCheck[]; format?: unknown };
  if (typeof own.format === 'string' && /int/.test(own.format)) limits.whole = true;
  for (const check of own.checks ?? []) {
    const def = check._zod.def as { check: string; format?: string; value?: unknown; inclusive?: boolean };
    const value = typeof def.value === 'number' ? def.value : Number.NaN;
    if (def.check === 'number_format') limits.whole ||= /int/.test(def.format ?? '');
    else if (def.check === 'greater_than') limits.low = { value, inclusive: def.inclusive ?? false };
    else if (def.check === 'less_than') limits.high = { value, inclusive: def.inclusive ?? false };
  }
  return limits;
}

function expectedCore(schema: Schema): string {
  const def = schema._zod.def;
  switch (def.type) {
    case 'string':
      return 'text';
    case 'number': {
      const limits = numberLimits(schema);
      return `${limits.whole ? 'a whole number' : 'a number'}${limitsText(limits)}`;
    }
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'literal':
      return def.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'enum':
      return `one of ${Object.values(def.entries).join(', ')}`;
    case 'array':
      return `a list of ${pluralText(def.element as Schema)}`;
    case 'tuple':
      return `a list of ${def.items.length} values`;
    case 'object':
    case 'record':
      return 'a map of keys and values';
    case 'union':
      return [...new Set((def.options as readonly Schema[]).map((option) => expectedText(option)))].join(
        ' or ',
      );
    default:
      return 'another kind of value';
  }
}

function pluralText(schema: Schema): string {
  const def = unwrap(schema)._zod.def;
  if (def.type === 'string') return 'texts';
  if (def.type === 'number') return expectedCore(unwrap(schema)).replace(/^a (whole )?number/, '$1numbers');
  return 'values';
}

function limitsText({ low, high }: NumberLimits): string {
  const parts = [
    low && `${low.inclusive ? 'from' : 'above'} ${low.value}`,
    high && `${high.inclusive ? 'up to' : 'below'} ${high.value}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}
