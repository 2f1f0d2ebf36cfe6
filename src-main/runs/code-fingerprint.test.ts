import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeFingerprint } from './code-fingerprint.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'voltcast-code-'));
  for (const folder of ['runs', 'models', 'cli']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'models', 'tree.ts'), 'export const gain = 1;');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const fingerprint = (): string =>
  codeFingerprint(pathToFileURL(join(root, 'runs', 'code-fingerprint.ts')).href);

test('changes with the code of a model, and with a new file', () => {
  const before = fingerprint();
  expect(fingerprint()).toBe(before);
  writeFileSync(join(root, 'models', 'tree.ts'), 'export const gain = 2;');
  const changed = fingerprint();
  expect(changed).not.toBe(before);
  writeFileSync(join(root, 'models', 'forest.ts'), '');
  expect(fingerprint()).not.toBe(changed);
});

test('does not change with tests or with a shell', () => {
  const before = fingerprint();
  writeFileSync(join(root, 'models', 'tree.test.ts'), 'test');
  writeFileSync(join(root, 'cli', 'main.ts'), 'print');
  expect(fingerprint()).toBe(before);
});

test('of the real sources is one and the same in a process', () => {
  expect(codeFingerprint()).toMatch(/^[0-9a-f]{64}$/);
  expect(codeFingerprint()).toBe(codeFingerprint());
});
