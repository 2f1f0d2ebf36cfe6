import { expect, test } from 'vitest';
import { stepsOf, valueText } from './param-values.ts';

test.each([
  ['96, 672', [96, 672]],
  ['  96   672 ', [96, 672]],
  ['', []],
  ['96, x', null],
  ['0', null],
  ['1.5', null],
])('steps of %j', (text, steps) => expect(stepsOf(text)).toEqual(steps));

test('values on one line', () => {
  expect(valueText([1, 'a'])).toBe('[1,"a"]');
  expect(valueText(null)).toBe('');
  expect(valueText(false)).toBe('false');
});
