import { expect, test } from 'vitest';
import { putNumber, readPositive } from './numbers.ts';

const wordsOf = (value: number): Uint32Array => {
  const words = new Uint32Array(5).fill(7);
  putNumber(words, 1, value);
  return words.subarray(1);
};

test.each([0, 1, 3, 0.1, 1e300, 1e-300, 2 ** 63, 1 / 3])('a double comes back as it was: %s', (value) => {
  expect(readPositive(wordsOf(value), 0)).toBe(value);
});

test('the highest bit of the mantissa is set, and the sign stands by itself', () => {
  expect([...wordsOf(1)]).toEqual([0, 0x80000000, -63 >>> 0, 0]);
  expect([...wordsOf(-6)]).toEqual([0, 0xc0000000, -61 >>> 0, 1]);
});

test('the least double that counts as some hessian, and bounds without end', () => {
  expect([...wordsOf(Number.MIN_VALUE)]).toEqual([0, 0x80000000, (-1074 - 63) >>> 0, 0]);
  const [, high, e, sign] = wordsOf(Number.NEGATIVE_INFINITY);
  expect([high, e | 0, sign]).toEqual([0x80000000, 2 ** 28, 1]);
});
