import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBucketStore } from './buckets.ts';
import { combinationKey, growCombinations, single } from './combinations.ts';
import { targetBorders, targetClasses } from './target-classes.ts';
import { defaultStatistics, finalTable, onlineBins } from './target-statistics.ts';
import type { StatisticSpec } from './target-statistics.ts';

const [borders, counter] = defaultStatistics;
const buckets: StatisticSpec = { ...borders, statistic: 'Buckets', targetBorders: 2 };
const mean: StatisticSpec = { ...borders, statistic: 'BinarizedTargetMeanValue', targetBorders: 2 };

/** Rows of a few categories, their classes, and an order of theirs. */
const rows = (classes: number) =>
  fc
    .array(fc.record({ bucket: fc.nat(4), of: fc.nat(classes - 1), key: fc.nat(1e6) }), {
      minLength: 1,
      maxLength: 120,
    })
    .map((list) => ({
      buckets: { of: Int32Array.from(list, (r) => r.bucket), count: 5 },
      classes: { of: Uint8Array.from(list, (r) => r.of), count: classes },
      order: Uint32Array.from(
        list.map((r, i) => ({ ...r, i })).sort((a, b) => a.key - b.key || a.i - b.i),
        (r) => r.i,
      ),
    }));

test('a row is told what rows of its category before it say, by the definition', () => {
  fc.assert(
    fc.property(rows(2), ({ buckets: of, classes, order }) => {
      const found = onlineBins(borders, of, order, classes);
      order.forEach((row, at) => {
        const before = [...order.subarray(0, at)].filter((other) => of.of[other] === of.of[row]);
        const large = before.filter((other) => classes.of[other] === 1).length;
        borders.priors.forEach((prior, p) => {
          // bins in 32 bits may lie one below where the quotient is whole
          expect(found[p][row]).toBeCloseTo(
            Math.floor((15 * (large + prior)) / (before.length + 1) + 1e-6),
            6,
          );
        });
      });
    }),
  );
});

describe.each([
  ['Borders', borders, 2],
  ['Borders of three classes', { ...borders, targetBorders: 2 }, 3],
  ['Buckets', buckets, 3],
  ['BinarizedTargetMeanValue', mean, 3],
  ['Counter', counter, 2],
] as const)('%s', (_name, spec, classes) => {
  test('a target changes nothing for its own row, nor for rows before it', () => {
    fc.assert(
      fc.property(rows(classes), fc.nat(), (data, pick) => {
        const at = pick % data.order.length;
        const row = data.order[at];
        const changed = { ...data.classes, of: data.classes.of.slice() };
        changed.of[row] = (changed.of[row] + 1) % classes;
        const before = onlineBins(spec, data.buckets, data.order, data.classes);
        const after = onlineBins(spec, data.buckets, data.order, changed);
        before.forEach((bins, c) => {
          for (const other of data.order.subarray(0, at + 1)) expect(after[c][other]).toBe(bins[other]);
        });
      }),
    );
  });
});

test('final tables count every row once', () => {
  fc.assert(
    fc.property(rows(3), ({ buckets: of, classes }) => {
      const hashes = new BigUint64Array(5);
      const table = finalTable('Buckets', of, classes, hashes);
      expect(table.counts.reduce((sum, n) => sum + n, 0)).toBe(of.of.length);
      const sizes = finalTable('Counter', of, classes, hashes);
      expect(sizes.total).toBe(Math.max(...sizes.counts));
    }),
  );
});

describe('classes of the target', () => {
  test('one border is the median', () => {
    const target = Float64Array.of(5, 1, 4, 2, 3, 9);
    expect([...targetBorders(target, 1)]).toEqual([3.5]);
    expect([...targetClasses(target, Float64Array.of(3.5))]).toEqual([1, 0, 1, 0, 0, 1]);
  });

  test('several borders make parts as equal as can be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(7), { minLength: 3, maxLength: 40 }),
        fc.integer({ min: 2, max: 3 }),
        (values, count) => {
          const target = Float64Array.from(values);
          const distinct = [...new Set(values)].sort((a, b) => a - b);
          const found = targetBorders(target, count);
          const cost = (cuts: readonly number[]): number => {
            const sizes = new Array<number>(cuts.length + 1).fill(0);
            targetClasses(target, Float64Array.from(cuts)).forEach((k) => sizes[k]++);
            return sizes.reduce((sum, n) => sum + n * Math.log(n + 1e-8), 0);
          };
          const wanted = Math.min(count, distinct.length - 1);
          expect(found.length).toBe(wanted);
          const choose = (from: number, left: number): number[][] =>
            left === 0
              ? [[]]
              : distinct
                  .slice(from, -1)
                  .flatMap((v, i) => choose(from + i + 1, left - 1).map((rest) => [v + 0.5, ...rest]));
          const best = Math.min(...choose(0, wanted).map(cost));
          expect(cost([...found])).toBeCloseTo(best, 6);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a constant target has one class', () => {
    expect(targetBorders(Float64Array.of(2, 2, 2), 1)).toHaveLength(0);
  });
});

describe('groups of rows', () => {
  test('equal combinations, and only they, share a group, numbered by first appearance', () => {
    const cell = fc.record({
      a: fc.nat(30),
      b: fc.constantFrom(0, 1, Number.NaN),
      x: fc.constantFrom(-1, 0.5, 2, Number.NaN),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 200 }), fc.boolean(), (list, wide) => {
        // large codes make the table of pairs sparse
        const a = Float64Array.from(list, (r) => (wide ? r.a * 100_003 : r.a));
        const columns = [a, Float64Array.from(list, (r) => r.b), Float64Array.from(list, (r) => r.x)];
        const combination = {
          columns: [0, 1],
          binary: [{ column: 2, border: 1 }],
          equal: [{ column: 1, code: 1 }],
        };
        const { of, count } = createBucketStore(columns, list.length, null, 1e6).of(combination);
        const names = list.map((r, i) => `${a[i]} ${r.b} ${r.x > 1}`);
        const numbers = new Map<string, number>();
        names.forEach((name) => numbers.set(name, numbers.get(name) ?? numbers.size));
        expect(count).toBe(numbers.size);
        expect([...of]).toEqual(names.map((name) => numbers.get(name)));
      }),
    );
  });

  test('many categories on both sides', () => {
    const n = 3000;
    const columns = [3, 7].map((step) => Float64Array.from({ length: n }, (_, i) => (i * step) % 997));
    const { of, count } = createBucketStore(columns, n, null, 1e6).of({
      columns: [0, 1],
      binary: [],
      equal: [],
    });
    expect(count).toBe(997);
    expect(of[997]).toBe(of[0]);
    expect(of[998]).toBe(of[1]);
  });
});

test('combinations grow from all plain questions together and from each statistic', () => {
  const grown = growCombinations(
    [
      { kind: 'number', column: 5, border: 2 },
      { kind: 'statistic', combination: single(0) },
      { kind: 'equal', column: 4, code: 1 },
    ],
    [0, 1],
    2,
  );
  expect(grown.map(combinationKey).sort()).toEqual(['0,1||', '0|5>2|4=1', '1|5>2|4=1']);
  expect(growCombinations([{ kind: 'statistic', combination: single(0) }], [0, 1], 1)).toEqual([]);
});
