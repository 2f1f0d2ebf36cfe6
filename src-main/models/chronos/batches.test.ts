import { expect, test } from 'vitest';
import { batchMemory, trainingMemory } from './batches.ts';

const [mebibyte, gibibyte] = [2 ** 20, 2 ** 30];

test('batches are what is fastest, larger on cards with much memory, and never above what is free', () => {
  expect(batchMemory(false, Infinity)).toBe(32 * mebibyte);
  expect(batchMemory(false, 64 * gibibyte)).toBe(32 * mebibyte);
  expect(batchMemory(false, 64 * mebibyte)).toBe(16 * mebibyte);
  expect(batchMemory(true, Infinity)).toBe(256 * mebibyte);
  expect(batchMemory(true, 2 * gibibyte)).toBe(256 * mebibyte);
  expect(batchMemory(true, 12 * gibibyte)).toBe(768 * mebibyte);
  expect(batchMemory(true, 80 * gibibyte)).toBe(2 * gibibyte);
  expect(batchMemory(true, 512 * mebibyte)).toBe(128 * mebibyte);
});

test('a training step at the released shapes keeps hundreds of megabytes', () => {
  const sizes = { layers: 12, dModel: 768, dFf: 3072, heads: 12 };
  const bytes = trainingMemory(sizes, 8, 37);
  expect(bytes).toBeGreaterThan(200 * mebibyte);
  expect(bytes).toBeLessThan(gibibyte);
  expect(trainingMemory(sizes, 16, 37)).toBe(2 * bytes);
});
