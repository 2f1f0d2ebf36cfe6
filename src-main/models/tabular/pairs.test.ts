import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choosePairs } from './pairs.ts';

test('pairs stay inside training, in time order, within the limit and the leads', () => {
  fc.assert(
    fc.property(
      fc.record({
        rows: fc.integer({ min: 1, max: 600 }),
        share: fc.double({ min: 0.1, max: 1, noNaN: true }),
        warmUp: fc.integer({ min: 0, max: 100 }),
        minLead: fc.integer({ min: 1, max: 40 }),
        leads: fc.integer({ min: 1, max: 60 }),
        limit: fc.integer({ min: 1, max: 5000 }),
        seed: fc.integer(),
      }),
      ({ rows, share, warmUp, minLead, leads, limit, seed }) => {
        const trainEnd = Math.ceil(rows * share);
        const target = Float64Array.from({ length: rows }, (_, i) => (i % 11 === 3 ? Number.NaN : i));
        const maxLead = minLead + leads - 1;
        const pairs = choosePairs({ target, trainEnd, warmUp, minLead, maxLead, limit, seed });
        expect(pairs.origin.length).toBeLessThanOrEqual(limit);
        pairs.target.forEach((row, i) => {
          const lead = row - pairs.origin[i];
          const inside = row < trainEnd && !Number.isNaN(target[row]) && pairs.origin[i] >= 0;
          const inOrder = i === 0 || row >= pairs.target[i - 1];
          if (!inside || !inOrder || lead < minLead || lead > maxLead)
            expect.fail(`pair ${i}: ${pairs.origin[i]} -> ${row}`);
        });
        expect(choosePairs({ target, trainEnd, warmUp, minLead, maxLead, limit, seed })).toEqual(pairs);
      },
    ),
  );
});

test('leads and hours come evenly', () => {
  const target = new Float64Array(20_000).fill(1);
  const pairs = choosePairs({
    target,
    trainEnd: 20_000,
    warmUp: 672,
    minLead: 1,
    maxLead: 96,
    limit: 40_000,
    seed: 1,
  });
  const counts = new Int32Array(97);
  pairs.target.forEach((row, i) => counts[row - pairs.origin[i]]++);
  const mean = pairs.target.length / 96;
  for (let lead = 1; lead <= 96; lead++) expect(Math.abs(counts[lead] / mean - 1)).toBeLessThan(0.25);
});
