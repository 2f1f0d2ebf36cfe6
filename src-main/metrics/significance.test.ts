import { describe, expect, it } from 'vitest';
import golden from '../../tests/golden/metrics.json' with { type: 'json' };
import { dieboldMariano } from './significance.ts';
import { studentTwoSided } from './student.ts';

describe('Student t', () => {
  it.each(golden.student)('t $t with $freedom degrees', ({ t, freedom, pValue }) => {
    expect(Math.abs(studentTwoSided(t, freedom) - pValue)).toBeLessThan(1e-10 + 1e-8 * pValue);
  });
});

describe('Diebold-Mariano', () => {
  it.each(golden.dieboldMariano)('h = $h', ({ h, first, second, statistic, pValue }) => {
    const test = dieboldMariano(first, second, h - 1);
    expect(test.statistic).toBeCloseTo(statistic, 9);
    expect(test.pValue).toBeCloseTo(pValue, 9);
  });

  it('changes its sign with the order and keeps the p-value', () => {
    const { first, second } = golden.dieboldMariano[0];
    const there = dieboldMariano(first, second);
    const back = dieboldMariano(second, first);
    expect(back.statistic).toBeCloseTo(-there.statistic!, 12);
    expect(back.pValue).toBeCloseTo(there.pValue!, 12);
  });

  it('has no answer for equal models or a handful of origins', () => {
    expect(dieboldMariano([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])).toEqual({ statistic: null, pValue: null });
    expect(dieboldMariano([1, 2, 3], [3, 2, 1])).toEqual({ statistic: null, pValue: null });
  });

  it('skips origins one of the two could not score', () => {
    const first = [1, 2, 3, 4, 5, 9, 7];
    const second = [2, 2, 4, 4, 7, Number.NaN, 8];
    const without = (values: number[]): number[] => values.filter((_, i) => i !== 5);
    expect(dieboldMariano(first, second)).toEqual(dieboldMariano(without(first), without(second)));
  });
});
