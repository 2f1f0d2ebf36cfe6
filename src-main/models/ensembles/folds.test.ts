import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forecastFolds, rowFolds } from './folds.ts';

test('forecast folds: models end before what they forecast, in order, inside the training rows', () => {
  fc.assert(
    fc.property(
      fc.record({
        trainEnd: fc.integer({ min: 1, max: 5000 }),
        startShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
        folds: fc.integer({ min: 1, max: 8 }),
        firstShare: fc.double({ min: 0.1, max: 0.95, noNaN: true }),
        horizon: fc.integer({ min: 1, max: 200 }),
        gap: fc.integer({ min: 0, max: 50 }),
        stride: fc.integer({ min: 1, max: 200 }),
      }),
      ({ startShare, ...request }) => {
        const { trainEnd, folds, firstShare, horizon, gap, stride } = request;
        const start = Math.floor(trainEnd * startShare);
        const found = forecastFolds({ ...request, start });
        expect(found.length).toBeLessThanOrEqual(folds);
        let before = -1;
        for (const fold of found) {
          expect(fold.trainEnd).toBe(fold.origins[0] + 1);
          expect(fold.trainEnd).toBeGreaterThanOrEqual(start + Math.floor((trainEnd - start) * firstShare));
          for (const origin of fold.origins) {
            expect(origin).toBeGreaterThan(before);
            expect(origin).toBeGreaterThanOrEqual(fold.trainEnd - 1); // first forecast row is origin + gap + 1
            expect(origin + gap + horizon).toBeLessThan(trainEnd);
            expect((trainEnd - 1 - origin) % stride).toBe(0);
            before = origin;
          }
        }
      },
    ),
  );
});

test('as many folds as asked for where there is room, of even size', () => {
  const found = forecastFolds({
    trainEnd: 28_000,
    start: 0,
    folds: 3,
    firstShare: 0.5,
    horizon: 96,
    gap: 0,
    stride: 96,
  });
  expect(found.map((fold) => fold.origins.length)).toEqual([48, 48, 49]);
});

test('many forecasts are thinned, not cut off', () => {
  const found = forecastFolds({
    trainEnd: 200_000,
    start: 0,
    folds: 2,
    firstShare: 0.5,
    horizon: 1,
    gap: 0,
    stride: 1,
  });
  const all = found.flatMap((fold) => Array.from(fold.origins));
  expect(all.length).toBeGreaterThan(10_000);
  expect(all.length).toBeLessThanOrEqual(20_000);
  expect(all[0]).toBeLessThan(100_010);
  expect(all.at(-1)).toBe(199_998);
});

test('row folds follow each other to the last row', () => {
  const found = rowFolds({ trainEnd: 100, start: 10, folds: 4, firstShare: 0.5 });
  expect(found[0].from).toBe(55);
  expect(found.at(-1)!.to).toBe(100);
  found.forEach((fold, f) => {
    expect(fold.trainEnd).toBe(fold.from);
    if (f > 0) expect(fold.from).toBe(found[f - 1].to);
  });
});
