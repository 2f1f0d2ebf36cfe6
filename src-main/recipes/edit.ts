/**
 * @file Sets keys of a recipe text and leaves every other character alone: comments, blank lines, alignment, quotes.
 * Where the place is simple (a value to replace, a key to add to a block map) the text itself is patched; the
 * result is read back and compared, and anything unusual goes through the YAML document, which keeps comments.
 */
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isScalar, parse, parseDocument, stringify } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { AppError } from '../../src-preload/contract/index.ts';
import { maxAliases, pairAt, readDocument } from './document.ts';
import { isModelType, schemaAt, unwrap } from './schema-walk.ts';
import type { Schema } from './schema-walk.ts';

/**
 * @param set dotted keys to values: `model.params.eta` -> `"0.05"`. Text is read as YAML (`"0.05"` is a number, `"true"`
 *   a boolean, `"[1, 2]"` a list), unless the key takes text.
 * @throws AppError `recipe-invalid` when the text is not YAML; `recipe-edit` when a key leads through a plain value
 */
export function editRecipe(text: string, set: Readonly<Record<string, unknown>>): string {
  let current = text;
  // model.type first: it decides what the parameters may be
  const keys = Object.keys(set).sort((a, b) => Number(b === 'model.type') - Number(a === 'model.type'));
  for (const key of keys) current = setKey(current, key, set[key]);
  return current;
}

function setKey(text: string, key: string, raw: unknown): string {
  const path = key.split('.');
  if (path.some((part) => part === ''))
    throw new AppError({
      code: 'recipe-edit',
      message: `"${key}" is not a key; write it as in model.params.eta.`,
    });
  const { doc, problems } = readDocument(text);
  const broken = problems.find((problem) => problem.severity === 'error');
  if (broken)
    throw new AppError({
      code: 'recipe-invalid',
      message: `The recipe cannot be edited before it can be read: ${broken.message}`,
      ...(broken.place ? { place: { line: broken.place.line, column: broken.place.column } } : {}),
    });
  const type = doc.getIn(['model', 'type']);
  const value = readValue(raw, schemaAt(path, isModelType(type) ? type : null));

  refuseThroughScalar(doc, path, key);
  const target = doc.clone() as typeof doc;
  makeMaps(target, path);
  target.setIn(path, value);
  const wanted: unknown = target.toJS({ maxAliasCount: maxAliases });
  const patched = patchText(text, doc, path, value);
  if (patched !== null && readsAs(patched, wanted)) return patched;
  return target.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** @returns the value a text stands for at a place of this schema */
export function readValue(raw: unknown, schema: Schema | null): unknown {
  if (typeof raw !== 'string') return raw;
  // a column called 12 or `kW # net`: the key takes text, so the text is meant as it stands
  if (schema && unwrap(schema)._zod.def.type === 'string') return /^\s*(null|~)?\s*$/.test(raw) ? null : raw;
  try {
    return parse(raw, { maxAliasCount: 0, logLevel: 'error' });
  } catch {
    return raw;
  }
}

function refuseThroughScalar(doc: Document, path: readonly string[], key: string): void {
  for (let length = 1; length < path.length; length += 1) {
    let node: unknown = doc.getIn(path.slice(0, length), true);
    if (isAlias(node)) node = node.resolve(doc);
    const empty = node === undefined || node === null || (isScalar(node) && node.value === null);
    if (!empty && !isCollection(node))
      throw new AppError({
        code: 'recipe-edit',
        message: `${key} cannot be set: ${path.slice(0, length).join('.')} holds a plain value, not a map.`,
        place: { key },
      });
  }
}

/** An empty section (`data:` alone) becomes a map, which `setIn` does not do. */
function makeMaps(doc: Document, path: readonly string[]): void {
  for (let length = 0; length < path.length; length += 1) {
    const part = path.slice(0, length);
    const node: unknown = length === 0 ? doc.contents : doc.getIn(part, true);
    if (isCollection(node) || isAlias(node)) continue;
    const map = doc.createNode({});
    (map as YAMLMap).flow = false;
    if (length === 0) doc.contents = map as Document['contents'];
    else doc.setIn(part, map);
  }
}

function patchText(text: string, doc: Document, path: readonly string[], value: unknown): string | null {
  const pair = pairAt(doc, path);
  if (pair) {
    const node = pair.value as Node | null;
    const key = pair.key as Node | null;
    if (!node?.range || !key?.range || isAlias(node) || node.anchor || node.tag) return null;
    if (isCollection(node) && !node.flow) return null;
    if (isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')) return null;
    const inline = inlineText(value);
    if (inline === null) return null;
    const [from, to] = node.range;
    if (from === to) {
      // `key:` with no value: write behind the colon
      const colon = text.indexOf(':', key.range[1]);
      return colon < 0 ? null : `${text.slice(0, colon + 1)} ${inline}${text.slice(colon + 1)}`;
    }
    return text.slice(0, from) + inline + text.slice(to);
  }
  return addKey(text, doc, path, value);
}

/** Adds a line below the last entry of the deepest map of `path` that is there. */
function addKey(text: string, doc: Document, path: readonly string[], value: unknown): string | null {
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? doc.contents : doc.getIn(path.slice(0, length), true);
    if (!isMap(node)) continue;
    if (node.flow || node.items.length === 0) return null;
    const first = node.items[0]!.key as Node;
    const last = node.items.at(-1)!;
    const lastNode = (last.value ?? last.key) as Node;
    if (!first.range || !lastNode.range) return null;
    const indent = ' '.repeat(columnOf(text, first.range[0]));
    const end = lastContentEnd(lastNode) ?? lastNode.range[1];
    const lineEnd = text.indexOf('\n', Math.max(0, end - (text[end - 1] === '\n' ? 1 : 0)));
    const at = lineEnd < 0 ? text.length : lineEnd;
    const inline = inlineText(value);
    if (inline === null) return null;
    const lines = path
      .slice(length)
      .map((key, depth, rest) => {
        const pad = indent + '  '.repeat(depth);
        return `\n${pad}${inlineText(key) ?? key}:${depth === rest.length - 1 ? ` ${inline}` : ''}`;
      })
      .join('');
    return text.slice(0, at) + lines + text.slice(at);
  }
  return null;
}

/** Where the last written value below a node ends, without trailing comments and blank lines. */
function lastContentEnd(node: Node): number | null {
  if (isMap(node) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1)!;
    const value = last.value as Node | null;
    const key = last.key as Node;
    if (value?.range && value.range[0] !== value.range[1]) return lastContentEnd(value);
    return key.range ? key.range[1] : null;
  }
  return node.range ? node.range[1] : null;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** One line of YAML for the value, or null when it has none. */
function inlineText(value: unknown): string | null {
  const plain =
    typeof value === 'object' && value !== null
      ? stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 })
      : stringify(value, { lineWidth: 0 });
  const line = plain.replace(/\n$/, '');
  return line.includes('\n') ? null : line;
}

function readsAs(text: string, wanted: unknown): boolean {
  const doc = parseDocument(text, { merge: true });
  if (doc.errors.length > 0) return false;
  return isDeepStrictEqual(doc.toJS({ maxAliasCount: maxAliases }), wanted);
}
