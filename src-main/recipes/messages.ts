/** @file Turns what zod found into sentences with a place: what was expected, what was found, what was meant. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { ModelType, RecipeIssue } from '../../src-preload/contract/index.ts';
import type { Path, Place, RecipeDocument } from './document.ts';
import { nearest } from './nearest.ts';
import { allPaths, expectedText, keysOf, schemaAt, unwrap } from './schema-walk.ts';
import type { Schema } from './schema-walk.ts';

export const pathText = (path: Path): string => path.map(String).join('.');

export function issue(
  place: Place | null,
  fields: Pick<RecipeIssue, 'code' | 'message'> & Partial<RecipeIssue>,
): RecipeIssue {
  return {
    severity: 'error',
    line: place?.line ?? null,
    column: place?.column ?? null,
    key: null,
    suggestion: null,
    ...fields,
  };
}

/** A value as a reader sees it in the file. */
export function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (typeof value === 'string') {
    const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
    return `the text "${short}"`;
  }
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return 'a map';
}

/** What the text would be if it were written the way the schema wants it; null when there is no telling. */
export function suggestValue(value: unknown, schema: Schema | null): string | null {
  if (!schema) return null;
  const guess = guessValue(value, schema);
  // a suggestion that would be refused as well helps nobody
  return guess !== null && z.safeParse(schema, parse(guess, { logLevel: 'error' })).success ? guess : null;
}

function guessValue(value: unknown, schema: Schema): string | null {
  const core = unwrap(schema);
  const def = core._zod.def;
  const options: Schema[] =
    def.type === 'union' ? (def.options as readonly Schema[]).map((o) => unwrap(o)) : [core];
  const words = options.flatMap((option) => {
    const optionDef = option._zod.def;
    if (optionDef.type === 'enum') return Object.values(optionDef.entries).map(String);
    if (optionDef.type === 'literal') return optionDef.values.map(String);
    return [];
  });
  const kinds = new Set(options.map((option) => option._zod.def.type));
  if (typeof value === 'string') {
    const text = value.trim();
    if (kinds.has('number')) {
      const number = /^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text;
      if (number !== '' && Number.isFinite(Number(number))) return number;
      const share = /^([\d.]+)\s*%$/.exec(text);
      if (share) return String(Number(share[1]) / 100);
    }
    if (kinds.has('boolean')) {
      if (/^(yes|on|y|true|1)$/i.test(text)) return 'true';
      if (/^(no|off|n|false|0)$/i.test(text)) return 'false';
    }
    if (kinds.has('array') && words.length === 0) return `[${text}]`;
    return nearest(text, words);
  }
  if (kinds.has('string') && (typeof value === 'number' || typeof value === 'boolean'))
    return `"${String(value)}"`;
  if (kinds.has('array') && (typeof value === 'number' || typeof value === 'boolean'))
    return `[${String(value)}]`;
  if (kinds.has('boolean') && typeof value === 'number') return value === 0 ? 'false' : 'true';
  return null;
}

/** @param below path of the schema that was checked, e.g. `['model', 'params']` */
export function issuesOf(
  problems: readonly z.core.$ZodIssue[],
  document: RecipeDocument,
  modelType: ModelType | null,
  below: Path = [],
): RecipeIssue[] {
  return problems.flatMap((problem) => {
    const path: Path = [
      ...below,
      ...problem.path.map((key) => (typeof key === 'symbol' ? String(key) : key)),
    ];
    if (problem.code === 'unrecognized_keys')
      return problem.keys.map((key) => unknownKey([...path, key], path, document, modelType));
    return [wrongValue(problem, path, document, modelType)];
  });
}

function unknownKey(
  path: Path,
  parent: Path,
  document: RecipeDocument,
  modelType: ModelType | null,
): RecipeIssue {
  const name = String(path.at(-1));
  const parentSchema = schemaAt(parent, modelType);
  const valid = parentSchema ? keysOf(parentSchema) : [];
  const near = nearest(name, valid);
  const inParams = pathText(parent) === 'model.params';
  const where = inParams
    ? `a parameter of ${modelType ?? 'this model'}`
    : parent.length === 0
      ? 'a key of a recipe'
      : `a key of ${pathText(parent)}`;
  const elsewhere = near ?? (inParams ? null : keyElsewhere(name));
  const hint = near
    ? ` Did you mean ${near}?`
    : elsewhere
      ? ` Did you mean ${elsewhere}?`
      : valid.length > 0
        ? ` Valid here: ${valid.slice(0, 24).join(', ')}${valid.length > 24 ? ', …' : ''}.`
        : '';
  return issue(document.keyPlace(path), {
    code: inParams ? 'unknown-parameter' : 'unknown-key',
    message: `${name} is not ${where}.${hint}`,
    key: pathText(path),
    suggestion: elsewhere,
  });
}

/** A key written at the wrong level: `horizon` at the top is `forecast.horizon`. */
function keyElsewhere(name: string): string | null {
  const plain = name.toLowerCase();
  const hits = allPaths().filter((path) => path.split('.').at(-1)?.toLowerCase() === plain);
  return hits.length === 1 ? hits[0]! : null;
}

function wrongValue(
  problem: z.core.$ZodIssue,
  path: Path,
  document: RecipeDocument,
  modelType: ModelType | null,
): RecipeIssue {
  const key = pathText(path);
  const schema = schemaAt(path, modelType);
  const value = valueAt(document.data, path);
  const place = document.valuePlace(path);
  if (value === undefined && problem.code !== 'custom') {
    const text =
      key === 'model'
        ? 'A recipe needs model, with model.type.'
        : `${key} is missing; it takes ${schema ? expectedText(schema) : 'a value'}.`;
    return issue(place, { code: 'missing-key', message: text, key });
  }
  const suggestion = suggestValue(value, schema);
  const hint = suggestion === null ? '' : ` Did you mean ${suggestion}?`;
  const label = key === '' ? 'The recipe' : key;
  if (problem.code === 'custom' || !schema)
    return issue(place, {
      code: 'invalid-value',
      message: `${label}: ${problem.message}.`.replace('..', '.'),
      key,
    });
  const outOfRange = problem.code === 'too_small' || problem.code === 'too_big';
  return issue(place, {
    code:
      problem.code === 'invalid_type' || problem.code === 'invalid_union'
        ? 'wrong-type'
        : outOfRange
          ? 'out-of-range'
          : 'invalid-value',
    message: `${label} takes ${expectedText(schema)}, found ${foundText(value)}.${hint}`,
    key: key === '' ? null : key,
    suggestion,
  });
}

export function valueAt(data: unknown, path: Path): unknown {
  let current = data;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}
