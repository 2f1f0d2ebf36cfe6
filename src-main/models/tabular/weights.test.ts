import { expect, test } from 'vitest';
import type { Frame } from '../../data/frame.ts';
import { countedTarget, exampleWeights, rowWeights } from './weights.ts';

const hour = 3_600_000;
const frameOf = (trust: number[]): Frame => ({
  time: Float64Array.from(trust, (_, i) => i * 12 * hour),
  resolutionMs: 12 * hour,
  timezone: 'UTC',
  columns: [
    { name: 'trust', type: 'number', unit: null, values: Float64Array.from(trust) },
    { name: 'shift', type: 'category', levels: ['early'], codes: new Int32Array(trust.length) },
  ],
});
const none = { weight: null, halfLifeDays: null, continueFrom: null };

test('a reading counts half after its half-life, on top of its column, and one without a weight not at all', () => {
  const frame = frameOf([1, 1, 4, Number.NaN, 1, 9]);
  expect(rowWeights(frame, none, 5)).toBeNull();
  expect([...rowWeights(frame, { ...none, halfLifeDays: 1 }, 5)!]).toEqual([
    0.25,
    2 ** -1.5,
    0.5,
    2 ** -0.5,
    1,
  ]);
  expect([...rowWeights(frame, { ...none, weight: 'trust', halfLifeDays: 1 }, 5)!]).toEqual([
    0.25,
    2 ** -1.5,
    2,
    0,
    1,
  ]);
});

test('only the ratios of weights reach a model, and rows that do not count are no examples', () => {
  const weights = Float64Array.of(2, 0, 6);
  expect([...exampleWeights(weights, Int32Array.of(0, 2, 2, 0))!]).toEqual([0.5, 1.5, 1.5, 0.5]);
  expect(exampleWeights(null, Int32Array.of(0))).toBeNull();
  expect([...countedTarget(Float64Array.of(1, 2, 3, 4), weights)]).toEqual([1, Number.NaN, 3, 4]);
});

test('what cannot be a weight is refused by name', () => {
  const said = (weight: string, trust: number[] = [1, -1]): string => {
    try {
      exampleWeights(rowWeights(frameOf(trust), { ...none, weight }, trust.length), Int32Array.of(0, 1));
      return 'nothing';
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  expect(said('trst')).toContain('no column "trst"');
  expect(said('trust')).toContain('below 0');
  expect(said('shift')).toContain('categories');
  expect(said('trust', [0, Number.NaN])).toContain('No training row');
});
