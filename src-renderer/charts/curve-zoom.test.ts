import { expect, test } from 'vitest';
import { endOf, zoomRange } from './curve-zoom.ts';

const whole = { from: 0, to: 100 };

test.each([
  ['+', whole, { from: 25, to: 75 }],
  ['-', { from: 40, to: 60 }, { from: 30, to: 70 }],
  ['-', { from: 10, to: 90 }, whole],
  ['ArrowLeft', { from: 2, to: 22 }, { from: 0, to: 20 }],
  ['ArrowRight', { from: 70, to: 90 }, { from: 74, to: 94 }],
  ['0', { from: 3, to: 4 }, whole],
])('%s', (key, from, to) => expect(zoomRange(from, whole, key)).toEqual(to));

test('other keys are left to the page', () => expect(zoomRange(whole, whole, 'Tab')).toBeNull());

test('the end of a long range; a short one is shown whole', () => {
  expect(endOf(whole, 30)).toEqual({ from: 70, to: 100 });
  expect(endOf(whole, 100)).toBeNull();
});
