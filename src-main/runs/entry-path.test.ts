import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findRunEntry } from './entry-path.ts';

test('beside the sources', () => {
  expect(basename(findRunEntry())).toBe('run-process.ts');
});

test('beside a bundle, and one up from a chunk', () => {
  const out = mkdtempSync(join(tmpdir(), 'voltcast-out-'));
  const entry = join(out, 'runs-process-run-process.js');
  const from = (name: string): string => pathToFileURL(join(out, name)).href;
  expect(() => findRunEntry(from('index.js'))).toThrow(/entry is not there/);
  mkdirSync(join(out, 'chunks'));
  writeFileSync(entry, '');
  expect(findRunEntry(from('index.js'))).toBe(entry);
  expect(findRunEntry(from('chunks/app-1a2b.js'))).toBe(entry);
  rmSync(out, { recursive: true });
});
