import { expect, test } from 'vitest';
import { createRandom, hashSeed, sampleIndices } from './random.ts';

test('a seed fixes the stream, another seed or stream number changes it', () => {
  const draw = (...seed: number[]): number[] => {
    const random = createRandom(...seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 2)).not.toEqual(draw(2, 1));
  expect(draw(1, 2)).not.toEqual(draw(1, 3));
  expect(hashSeed(0)).not.toBe(hashSeed(0, 0));
});

test('numbers are spread evenly', () => {
  const random = createRandom(9);
  const counts = new Int32Array(10);
  for (let i = 0; i < 100_000; i++) counts[random.integer(10)]++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test('samples are ascending, distinct, and each index comes as often', () => {
  const hits = new Int32Array(20);
  for (let seed = 0; seed < 4000; seed++) {
    const sample = sampleIndices(createRandom(seed), 20, 5);
    expect(new Set(sample).size).toBe(5);
    for (let i = 1; i < 5; i++) expect(sample[i]).toBeGreaterThan(sample[i - 1]);
    for (const index of sample) hits[index]++;
  }
  for (const count of hits) expect(Math.abs(count - 1000)).toBeLessThan(150);
  expect([...sampleIndices(createRandom(1), 3, 9)]).toEqual([0, 1, 2]);
});
