import { expect, test } from 'vitest';
import { curveRows, curvesByName } from './curve-rows.ts';

test('curves of different rounds share an axis', () => {
  const rows = curveRows({ train: { x: [1, 2], y: [9, 8] }, check: { x: [2, 3], y: [7, 6] } }, 100);
  expect(rows).toEqual([
    { x: 1, train: 9, check: null },
    { x: 2, train: 8, check: 7 },
    { x: 3, train: null, check: 6 },
  ]);
});

test('thinned rows keep both ends', () => {
  const x = Array.from({ length: 10_000 }, (_, i) => i);
  const rows = curveRows(curvesByName([{ name: 'mae', x, y: x }]), 300);
  expect(rows.length).toBeLessThanOrEqual(301);
  expect([rows[0]['x'], rows.at(-1)!['x']]).toEqual([0, 9999]);
});
