/**
 * @file What every reader of foreign model files shares: one error that says where the file is wrong, limits that hold
 * whatever the file declares, and a cursor over parsed documents that knows its own path.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import type { ErrorPlace } from '../../../../src-preload/contract/index.ts';

/** Larger files are refused before they are read into a document. */
export const maxBytes = 512 * 1024 * 1024;
/** Nested lists and objects; CatBoost's nested trees need twice their depth. */
export const maxNesting = 200;
/** Lists and objects of one file: bounds the memory a file of empty brackets can claim. */
export const maxContainers = 8_000_000;
/** Keys of one file, for the same reason. */
export const maxKeys = 16_000_000;
export const maxFeatures = 1_000_000;
export const maxOutputs = 10_000;
/** Codes of categories; a set takes one bit for every code up to its largest. */
export const maxCategory = 1_000_000;
/** Words of all sets of a model: 256 MiB. */
export const maxSetWords = 64 * 1024 * 1024;

export interface ModelFileInput {
  readonly bytes: Uint8Array;
  /** how messages call the file */
  readonly file: string;
}

/** The file is damaged, cut off, or was made by hand. */
export function badModelFile(file: string, what: string, place: ErrorPlace = {}, hint?: string): AppError {
  const where = [
    place.line === undefined ? '' : `line ${place.line}`,
    place.key === undefined || place.key === '' ? '' : place.key,
  ].filter((part) => part !== '');
  return new AppError({
    code: 'model-file',
    message: `${file} is not a usable model file: ${[...where, what].join(': ')}.`,
    hint:
      hint ??
      'The file may be cut off or damaged. Save the model again with its library and import that file.',
    place: { file, ...place },
  });
}

/** The file may be in order, but asks for something that is not part of this version. */
export function unsupportedModel(file: string, what: string, hint: string, key?: string): AppError {
  return new AppError({
    code: 'model-unsupported',
    message: `${file}: ${what}.`,
    hint,
    place: { file, ...(key === undefined ? {} : { key }) },
  });
}

/** The model cannot be said in the format asked for. */
export function notExportable(format: string, what: string, hint: string): AppError {
  return new AppError({
    code: 'model-not-exportable',
    message: `The model cannot be written as ${format}: ${what}.`,
    hint,
    details: { format },
  });
}

/** A file name for messages, without control characters and not longer than a line. */
export const shownName = (name: string): string => name.replace(/\p{Cc}/gu, ' ').slice(0, 200) || 'the file';

type NumberList = readonly number[] | Float64Array | Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** A value inside a parsed document, together with the way to it. */
export class Field {
  readonly #file: string;
  readonly #parent: Field | null;
  readonly #key: string | number;
  readonly value: unknown;

  constructor(file: string, value: unknown, parent: Field | null = null, key: string | number = '') {
    this.#file = file;
    this.#parent = parent;
    this.#key = key;
    this.value = value;
  }

  get path(): string {
    if (this.#parent === null) return '';
    const before = this.#parent.path;
    if (typeof this.#key === 'number') return `${before}[${this.#key}]`;
    return before === '' ? this.#key : `${before}.${this.#key}`;
  }

  fail(what: string, hint?: string): never {
    throw badModelFile(this.#file, what, { key: this.path }, hint);
  }

  unsupported(what: string, hint: string): never {
    throw unsupportedModel(this.#file, what, hint, this.path);
  }

  /** The member `key`, or null where it is absent or null. */
  find(key: string): Field | null {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
      this.fail(`expected an object, found ${nameOf(value)}`);
    const member = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    return member === undefined || member === null ? null : new Field(this.#file, member, this, key);
  }

  get(key: string): Field {
    return this.find(key) ?? this.fail(`"${key}" is missing`);
  }

  keys(): string[] {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
      return this.fail(`expected an object, found ${nameOf(value)}`);
    return Object.keys(value);
  }

  list(): Field[] {
    const { value } = this;
    if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
    if (!Array.isArray(value)) return this.fail(`expected a list, found ${nameOf(value)}`);
    return value.map((entry: unknown, i) => new Field(this.#file, entry, this, i));
  }

  text(): string {
    const { value } = this;
    return typeof value === 'string' ? value : this.fail(`expected a text, found ${nameOf(value)}`);
  }

  number(): number {
    const { value } = this;
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'number' ? value : this.fail(`expected a number, found ${nameOf(value)}`);
  }

  finite(): number {
    const value = this.number();
    return Number.isFinite(value) ? value : this.fail(`expected a number, found ${value}`);
  }

  /** XGBoost writes its parameters as text: a number, or a text that is one. */
  parameter(): number {
    const { value } = this;
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : this.number();
    return Number.isFinite(parsed) ? parsed : this.fail(`expected a number, found ${nameOf(value)}`);
  }

  whole(from: number, to: number, value = this.parameter()): number {
    if (!Number.isInteger(value) || value < from || value > to)
      this.fail(`expected a whole number from ${from} to ${to}, found ${value}`);
    return value;
  }

  /** Numbers of a list or typed array; booleans count as 0 and 1, null (how NaN is read) as NaN. */
  numbers(length?: number): Float64Array {
    const { value } = this;
    if (!Array.isArray(value) && (!ArrayBuffer.isView(value) || value instanceof DataView))
      return this.fail(`expected a list of numbers, found ${nameOf(value)}`);
    const items = value as NumberList;
    if (length !== undefined && items.length !== length)
      this.fail(`expected ${length} numbers, found ${items.length}`);
    const out = new Float64Array(items.length);
    for (let i = 0; i < items.length; i++) {
      const item: unknown = items[i];
      if (typeof item !== 'number' && typeof item !== 'boolean' && typeof item !== 'bigint' && item !== null)
        this.fail(`expected a number at ${i}, found ${nameOf(item)}`);
      out[i] = item === null ? Number.NaN : Number(item);
    }
    return out;
  }

  /** Like {@link Field.numbers}, all finite. */
  finiteNumbers(length?: number): Float64Array {
    const out = this.numbers(length);
    const at = out.findIndex((x) => !Number.isFinite(x));
    return at < 0 ? out : this.fail(`expected a number at ${at}, found ${out[at]}`);
  }
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return String(value as number | boolean | bigint);
}
