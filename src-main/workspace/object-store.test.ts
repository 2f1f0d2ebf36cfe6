import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import { createObjectStore, isIntact, removeTemporaries } from './object-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltcast-objects-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return 'no error';
};
const place = (hash: string): string => join(folder, hash.slice(0, 2), hash.slice(2));

test('content comes back by its sha256, and the same content is one object', () => {
  const store = createObjectStore(folder);
  const first = store.put(bytes('load'));
  expect(first).toEqual({ hash: createHash('sha256').update('load').digest('hex'), bytes: 4 });
  expect(store.put(bytes('load'))).toEqual(first);
  expect(new TextDecoder().decode(store.get(first.hash))).toBe('load');
  expect(store.path(first.hash)).toBe(place(first.hash));
  expect(store.has(first.hash)).toBe(true);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

test('an empty content is an object like any other', () => {
  const store = createObjectStore(folder);
  expect(store.get(store.put(new Uint8Array()).hash)).toHaveLength(0);
});

test('a finished file moves in', () => {
  const store = createObjectStore(folder);
  const source = join(folder, 'table.parquet');
  writeFileSync(source, 'rows');
  const ref = store.putFile(source);
  expect(existsSync(source)).toBe(false);
  expect(new TextDecoder().decode(store.get(ref.hash))).toBe('rows');
  writeFileSync(source, 'rows');
  expect(store.putFile(source)).toEqual(ref);
  expect(existsSync(source)).toBe(false);
});

test('a file on another file system moves in, too', ({ skip }) => {
  if (!existsSync('/dev/shm')) skip('needs a second file system (/dev/shm)');
  const elsewhere = mkdtempSync('/dev/shm/voltcast-');
  const source = join(elsewhere, 'table.parquet');
  writeFileSync(source, 'far rows');
  const store = createObjectStore(folder);
  const ref = store.putFile(source);
  expect(new TextDecoder().decode(store.get(ref.hash))).toBe('far rows');
  expect(readdirSync(elsewhere)).toEqual([]);
  rmSync(elsewhere, { recursive: true });
});

test('a truncated object is found by reading it, and storing its content again mends it', () => {
  const { hash } = createObjectStore(folder).put(bytes('a model of some length'));
  truncateSync(place(hash), 5);
  const store = createObjectStore(folder);
  expect(codeOf(() => store.get(hash))).toBe('object-corrupt');
  expect(codeOf(() => store.path(hash))).toBe('object-corrupt');
  expect(isIntact(store, hash)).toBe(false);
  store.put(bytes('a model of some length'));
  expect(new TextDecoder().decode(store.get(hash))).toBe('a model of some length');
});

test('one changed byte of the same length is found, and mended', () => {
  const { hash } = createObjectStore(folder).put(bytes('model'));
  writeFileSync(place(hash), 'modeL');
  const store = createObjectStore(folder);
  expect(codeOf(() => store.get(hash))).toBe('object-corrupt');
  store.put(bytes('model'));
  expect(codeOf(() => store.get(hash))).toBe('no error');
});

test('what is not there is missing, and a name that is no hash never becomes a path', () => {
  const store = createObjectStore(folder);
  expect(codeOf(() => store.get('0'.repeat(64)))).toBe('object-missing');
  expect(codeOf(() => store.path('0'.repeat(64)))).toBe('object-missing');
  expect(store.has('0'.repeat(64))).toBe(false);
  expect(isIntact(store, '0'.repeat(64))).toBe(false);
  expect(codeOf(() => store.get('../../etc/passwd'))).toBe('object-missing');
});

test('a read-only store takes nothing', () => {
  const store = createObjectStore(folder, { readOnly: true });
  expect(codeOf(() => store.put(bytes('x')))).toBe('workspace-read-only');
  expect(readdirSync(folder)).toEqual([]);
});

test('what a kill left half written goes after a day, or with its process', () => {
  createObjectStore(folder).put(bytes('makes tmp'));
  const temporary = join(folder, 'tmp');
  for (const name of ['77-old', '77-new', '78-new']) writeFileSync(join(temporary, name), 'half');
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  utimesSync(join(temporary, '77-old'), twoDaysAgo, twoDaysAgo);
  expect(removeTemporaries(folder, { olderThanMs: 86_400_000 })).toBe(1);
  expect(readdirSync(temporary).sort()).toEqual(['77-new', '78-new']);
  expect(removeTemporaries(folder, { ofPid: 77 })).toBe(1);
  expect(readdirSync(temporary)).toEqual(['78-new']);
});
