import { expect, test } from 'vitest';
import { tagChanges } from './tag-changes.ts';

test('only what changed is told; a row without a key is none', () => {
  const before = { owner: 'Marta', site: 'north', old: '1' };
  const rows = [
    ['owner', ' Marta '],
    ['site', 'south'],
    ['', 'lost'],
    ['new', 'x'],
  ] as const;
  expect(tagChanges(before, rows)).toEqual({ site: 'south', old: null, new: 'x' });
  expect(tagChanges(before, Object.entries(before))).toEqual({});
});
