/** @file The name under which a finished step is found again: what it is, what it was told, what it read. */
import { createHash } from 'node:crypto';
import { AppError } from '../../src-preload/contract/index.ts';

/** Raise when the engine stores or hands over artifacts in another way: nothing older is reused then. */
export const engineFormat = 1;

export interface StepKeyParts {
  readonly id: string;
  readonly version: number;
  /** of the code that makes steps, see code-fingerprint.ts */
  readonly code: string;
  readonly params: unknown;
  /** in the order the step declares them */
  readonly inputs: readonly { readonly name: string; readonly hash: string }[];
}

/** @returns sha256 hex */
export function stepKey(parts: StepKeyParts): string {
  const text = canonicalJson({
    engine: engineFormat,
    step: parts.id,
    version: parts.version,
    code: parts.code,
    params: parts.params,
    inputs: parts.inputs.map(({ name, hash }) => [name, hash]),
  });
  return createHash('sha256').update(text).digest('hex');
}

/**
 * JSON with sorted keys and without `undefined`, so that equal values give equal text.
 * @throws AppError `internal` for what JSON cannot say exactly (NaN, functions, typed arrays): a key must not guess
 */
export function canonicalJson(value: unknown, path = '$'): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item, index) => canonicalJson(item ?? null, `${path}[${index}]`)).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner, `${path}.${key}`)}`).join(',')}}`;
  }
  throw new AppError({
    code: 'internal',
    message: `Step parameters must be plain JSON; ${path} is ${String(value)}.`,
    place: { key: path },
  });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
