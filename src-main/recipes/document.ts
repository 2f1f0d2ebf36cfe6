/**
 * @file YAML text as a document with places, and the limits that keep a hostile or broken file from hurting:
 * size, aliases (a few lines of nested aliases expand to gigabytes) and depth.
 */
import { LineCounter, isAlias, isCollection, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, ParsedNode } from 'yaml';

/** A recipe is a page or two; a megabyte of YAML is a mistake. */
export const maxRecipeBytes = 256 * 1024;
/** Alias expansions allowed, as counted by `yaml` */
export const maxAliases = 50;
const maxDepth = 32;

export type Path = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem {
  readonly code:
    'yaml-syntax' | 'duplicate-key' | 'too-large' | 'too-many-aliases' | 'too-deep' | 'yaml-warning';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly place: Place | null;
}

export interface RecipeDocument {
  readonly problems: readonly YamlProblem[];
  readonly doc: Document.Parsed<ParsedNode>;
  /** plain data; undefined when there are errors */
  readonly data: unknown;
  placeOf(offset: number): Place;
  /** where the value at `path` begins, or its nearest ancestor that is there */
  valuePlace(path: Path): Place | null;
  /** where the key of `path` begins, or its nearest ancestor's */
  keyPlace(path: Path): Place | null;
}

export function readDocument(text: string): RecipeDocument {
  const lines = new LineCounter();
  const bytes = Buffer.byteLength(text);
  const tooLarge = bytes > maxRecipeBytes;
  const doc = parseDocument(tooLarge ? '' : text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
    version: '1.2',
  }) as Document.Parsed<ParsedNode>;
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: YamlProblem[] = [];
  if (tooLarge)
    problems.push({
      code: 'too-large',
      severity: 'error',
      message: `The recipe has ${Math.ceil(bytes / 1024)} KiB; at most ${maxRecipeBytes / 1024} KiB are read.`,
      place: null,
    });
  for (const error of doc.errors)
    problems.push({
      code: error.code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml-syntax',
      severity: 'error',
      message:
        error.code === 'DUPLICATE_KEY'
          ? `The key ${keyTextAt(text, error.pos[0])} stands here a second time; a map holds a key once.`
          : `YAML: ${plainYamlMessage(error.code, error.message)}`,
      place: placeOf(error.pos[0]),
    });
  for (const warning of doc.warnings)
    problems.push({
      code: 'yaml-warning',
      severity: 'warning',
      message: `YAML: ${warning.message}`,
      place: placeOf(warning.pos[0]),
    });

  let data: unknown;
  if (!problems.some((problem) => problem.severity === 'error')) {
    const deep = deepestBeyond(doc.contents, maxDepth);
    if (deep)
      problems.push({
        code: 'too-deep',
        severity: 'error',
        message: `Maps and lists are nested more than ${maxDepth} levels deep.`,
        place: deep.range ? placeOf(deep.range[0]) : null,
      });
    else
      try {
        data = doc.toJS({ maxAliasCount: maxAliases });
      } catch (thrown) {
        problems.push({
          code: 'too-many-aliases',
          severity: 'error',
          message: `The recipe's aliases cannot be resolved: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
          place: firstAliasPlace(doc.contents, placeOf),
        });
      }
  }
  return {
    problems,
    doc,
    data,
    placeOf,
    valuePlace: (path) => placeIn(doc, path, 'value', placeOf),
    keyPlace: (path) => placeIn(doc, path, 'key', placeOf),
  };
}

/** The pair at `path` of maps, or null. */
export function pairAt(doc: Document, path: Path): Pair | null {
  let node: unknown = doc.contents;
  let pair: Pair | null = null;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(doc);
    if (isMap(node)) {
      pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key)) ?? null;
      if (!pair) return null;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      pair = null;
    } else return null;
  }
  return pair;
}

function placeIn(
  doc: Document,
  path: Path,
  side: 'key' | 'value',
  placeOf: (offset: number) => Place,
): Place | null {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const pair = pairAt(doc, part);
    if (pair) {
      const key = pair.key as Node | null;
      const value = pair.value as Node | null;
      // an empty value has no text of its own: point at its key; an ancestor is pointed at by its key as well
      const empty = value?.range ? value.range[0] === value.range[1] : true;
      const node = side === 'value' && length === path.length && !empty ? value : key;
      if (node?.range) return placeOf(node.range[0]);
    } else {
      const node = doc.getIn(part, true);
      if (isNode(node) && node.range) return placeOf(node.range[0]);
    }
  }
  const root = doc.contents;
  return root?.range ? placeOf(root.range[0]) : null;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isCollection(value) || isAlias(value);
}

function deepestBeyond(node: unknown, left: number): Node | null {
  if (!isCollection(node)) return null;
  if (left === 0) return node;
  for (const item of node.items) {
    const found = deepestBeyond(isPair(item) ? item.value : item, left - 1);
    if (found) return found;
  }
  return null;
}

function firstAliasPlace(node: unknown, placeOf: (offset: number) => Place): Place | null {
  if (isAlias(node)) return node.range ? placeOf(node.range[0]) : null;
  if (!isCollection(node)) return null;
  for (const item of node.items) {
    const found = firstAliasPlace(isPair(item) ? item.value : item, placeOf);
    if (found) return found;
  }
  return null;
}

function keyTextAt(text: string, offset: number): string {
  return /^["']?([^"':\s]+)/.exec(text.slice(offset, offset + 80))?.[1] ?? '';
}

/** The commonest mistakes in the user's words; the parser's own sentence for the rest. */
function plainYamlMessage(code: string, message: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent; use spaces.';
    case 'MULTIPLE_DOCS':
      return 'one file holds one recipe; a second document begins with `---`.';
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
    case 'BLOCK_IN_FLOW':
    default:
      return message.endsWith('.') ? message : `${message}.`;
  }
}
