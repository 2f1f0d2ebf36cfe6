import { expect, test } from 'vitest';
import { parseHash, toHash } from './router.ts';

test.each([
  ['', { page: 'data', id: null, params: {} }],
  ['#/train', { page: 'train', id: null, params: {} }],
  ['#/runs/r%2F1', { page: 'runs', id: 'r/1', params: {} }],
  ['#/compare?ids=a,b', { page: 'compare', id: null, params: { ids: 'a,b' } }],
  ['#/nowhere/else', { page: 'data', id: 'else', params: {} }],
])('%s', (hash, route) => {
  expect(parseHash(hash)).toEqual(route);
});

test('what is written is read back', () => {
  expect(toHash('compare', null, { ids: 'a,b' })).toBe('#/compare?ids=a,b');
  expect(parseHash(toHash('runs', 'r/1', { tab: 'logs & more' }))).toEqual({
    page: 'runs',
    id: 'r/1',
    params: { tab: 'logs & more' },
  });
});
