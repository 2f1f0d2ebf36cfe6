import { expect, test } from 'vitest';
import { pageForKey } from './shortcuts.ts';

test('g and then a letter lead to a page, if pressed in time', () => {
  expect(pageForKey('t', 1000, 1500)).toBe('train');
  expect(pageForKey('t', 1000, 9000)).toBeNull();
  expect(pageForKey('t', null, 1500)).toBeNull();
  expect(pageForKey('x', 1000, 1500)).toBeNull();
});
