/** @file LightGBM's text format as blocks of `key=value` lines that remember where they stand. */
import { badModelFile, maxBytes } from './model-file.ts';
import type { ModelFileInput } from './model-file.ts';

interface Entry {
  readonly text: string;
  readonly line: number;
}

/** The lines of the header, or of one tree. */
export class TextBlock {
  readonly #entries = new Map<string, Entry>();
  readonly #file: string;
  readonly #line: number;

  constructor(file: string, line: number) {
    this.#file = file;
    this.#line = line;
  }

  add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  fail(key: string, what: string): never {
    throw badModelFile(this.#file, what, { line: this.#entries.get(key)?.line ?? this.#line, key });
  }

  #entry(key: string): Entry {
    return this.#entries.get(key) ?? this.fail(key, 'this line is missing');
  }

  words(key: string): string[] {
    const text = this.#entry(key).text.trim();
    return text === '' ? [] : text.split(/\s+/);
  }

  whole(key: string, from: number, to: number): number {
    const { text } = this.#entry(key);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isInteger(value) || value < from || value > to)
      this.fail(
        key,
        `expected a whole number from ${from} to ${to}, found ${JSON.stringify(text.slice(0, 40))}`,
      );
    return value;
  }

  numbers(key: string, length?: number): Float64Array {
    const words = this.words(key);
    if (length !== undefined && words.length !== length)
      this.fail(key, `expected ${length} numbers, found ${words.length}`);
    return Float64Array.from(words, (word) => {
      const value = toNumber(word);
      return Number.isNaN(value) && !/^-?nan/i.test(word)
        ? this.fail(key, `expected a number, found ${JSON.stringify(word.slice(0, 40))}`)
        : value;
    });
  }

  /** Figures that predictions do not need; null where they are absent. */
  optional(key: string, length: number): Float64Array | null {
    return length > 0 && (this.get(key)?.text.trim() ?? '') !== '' ? this.numbers(key, length) : null;
  }
}

/** LightGBM writes `inf`, which is no number to JavaScript. */
function toNumber(word: string): number {
  const infinite = /^(-?)inf(inity)?$/i.exec(word);
  return infinite ? (infinite[1] === '-' ? -Infinity : Infinity) : Number(word);
}

export interface LightgbmText {
  readonly header: TextBlock;
  readonly trees: readonly TextBlock[];
  /** of training, as text; empty where the file has none */
  readonly parameters: ReadonlyMap<string, string>;
  /** texts of the categories of pandas columns, one list per column */
  readonly pandasCategorical: readonly (readonly string[])[];
}

/** @throws AppError `model-file` */
export function parseLightgbmText({ bytes, file }: ModelFileInput): LightgbmText {
  if (bytes.length > maxBytes)
    throw badModelFile(
      file,
      `it has ${bytes.length} bytes, at most ${maxBytes} are read`,
      {},
      'Train a smaller model.',
    );
  const lines = linesOf(bytes, file);
  const header = new TextBlock(file, 1);
  const trees: TextBlock[] = [];
  let current = header;
  let ended = false;
  let at = 0;
  for (; at < lines.length && !ended; at++) {
    const text = lines[at];
    const line = at + 1;
    const equals = text.indexOf('=');
    const key = equals < 0 ? text.trim() : text.slice(0, equals);
    if (key === 'end of trees') ended = true;
    else if (key === 'Tree') {
      if (text.slice(equals + 1).trim() !== String(trees.length))
        throw badModelFile(
          file,
          `expected tree ${trees.length}, found ${JSON.stringify(text.slice(0, 40))}`,
          { line },
        );
      current = new TextBlock(file, line);
      trees.push(current);
    } else if (key !== '') current.add(key, { text: equals < 0 ? '' : text.slice(equals + 1), line });
  }
  if (!ended) throw badModelFile(file, 'the line "end of trees" is missing', { line: lines.length });
  const announced = header.has('tree_sizes') ? header.words('tree_sizes').length : trees.length;
  if (announced !== trees.length)
    header.fail('tree_sizes', `it announces ${announced} trees, found ${trees.length}`);

  const parameters = new Map<string, string>();
  let pandasCategorical: string[][] = [];
  for (; at < lines.length; at++) {
    const parameter = /^\[([^:\]]+): ?(.*)\]$/.exec(lines[at]);
    if (parameter) parameters.set(parameter[1], parameter[2]);
    if (lines[at].startsWith('pandas_categorical:'))
      pandasCategorical = readPandas(lines[at].slice('pandas_categorical:'.length), file, at + 1);
  }
  return { header, trees, parameters, pandasCategorical };
}

function linesOf(bytes: Uint8Array, file: string): string[] {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).split(/\r?\n/);
  } catch (cause) {
    throw badModelFile(file, `its text is not UTF-8 (${(cause as Error).message})`);
  }
}

function readPandas(text: string, file: string, line: number): string[][] {
  let lists: unknown;
  try {
    lists = JSON.parse(text);
  } catch {
    throw badModelFile(file, 'the list of categories is not JSON', { line, key: 'pandas_categorical' });
  }
  if (lists === null) return [];
  if (!Array.isArray(lists) || !lists.every((list) => Array.isArray(list)))
    throw badModelFile(file, 'expected a list of lists', { line, key: 'pandas_categorical' });
  return (lists as unknown[][]).map((list) =>
    list.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry))),
  );
}
