import { expect, test } from 'vitest';
import { labelled } from './compared.ts';

test('runs of one recipe are told apart', () => {
  const runs = [
    { id: 'a', recipe: 'x' },
    { id: 'b', recipe: 'y' },
    { id: 'c', recipe: 'x' },
  ];
  expect(labelled(runs, (name) => name.toUpperCase(), String)).toEqual([
    { id: 'a', label: 'X (1)', color: '0' },
    { id: 'b', label: 'Y', color: '1' },
    { id: 'c', label: 'X (2)', color: '2' },
  ]);
});
