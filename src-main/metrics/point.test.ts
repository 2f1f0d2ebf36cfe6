import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../tests/golden/metrics.json' with { type: 'json' };
import * as point from './point.ts';

const f = (...values: number[]): Float64Array => Float64Array.from(values);
const series = fc.array(
  fc.tuple(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
  {
    minLength: 2,
    maxLength: 40,
  },
);
const split = (pairs: [number, number][]): [Float64Array, Float64Array] => [
  Float64Array.from(pairs, (pair) => pair[0]),
  Float64Array.from(pairs, (pair) => pair[1]),
];

describe('point metrics against scikit-learn', () => {
  it.each(golden.cases)('$name', (expected) => {
    expect(point.rmse(expected.actual, expected.predicted)).toBeCloseTo(expected.rmse, 10);
    expect(point.mae(expected.actual, expected.predicted)).toBeCloseTo(expected.mae, 10);
    expect(point.r2(expected.actual, expected.predicted)).toBeCloseTo(expected.r2, 10);
    expect(point.mape(expected.actual, expected.predicted)).toBeCloseTo(expected.mape, 8);
  });
});

describe('point metrics by hand', () => {
  const actual = f(2, 4, 0, 10);
  const predicted = f(3, 2, 0, 11);

  it('follows the textbook', () => {
    expect(point.mae(actual, predicted)).toBe(1);
    expect(point.rmse(actual, predicted)).toBeCloseTo(Math.sqrt(6 / 4), 12);
    expect(point.mape(actual, predicted)).toBeCloseTo((0.5 + 0.5 + 0.1) / 3, 12); // the row with actual 0 is left out
    expect(point.smape(actual, predicted)).toBeCloseTo((2 / 5 + 4 / 6 + 0 + 2 / 21) / 4, 12);
    expect(point.wape(actual, predicted)).toBeCloseTo(4 / 16, 12);
    expect(point.bias(actual, predicted)).toBe(0);
    expect(point.mase(actual, predicted, 2)).toBe(0.5);
    expect(point.cvrmse(actual, predicted)).toBeCloseTo(Math.sqrt(1.5) / 4, 12);
  });

  it('gives bias and NMBE opposite signs: too high a forecast has positive bias and negative NMBE', () => {
    expect(point.bias(f(10, 10), f(12, 12))).toBe(2);
    expect(point.nmbe(f(10, 10), f(12, 12))).toBeCloseTo(-0.2, 12);
  });

  it('says null where there is no meaning', () => {
    expect(point.r2(f(3, 3, 3), f(1, 2, 3))).toBeNull();
    expect(point.mape(f(0, 0), f(1, 2))).toBeNull();
    expect(point.wape(f(0, 0), f(1, 2))).toBeNull();
    expect(point.cvrmse(f(1, -1), f(1, 2))).toBeNull();
    expect(point.mase(f(1), f(2), Number.NaN)).toBeNull();
    expect(point.mae(f(), f())).toBeNull();
  });

  it('scales MASE by the in-sample seasonal naive error, gaps left out', () => {
    expect(point.seasonalNaiveScale(f(1, 2, 3, 5, 100), 4, 2)).toBe(2.5); // |3-1| and |5-2|; row 4 is test
    expect(point.seasonalNaiveScale(f(1, Number.NaN, 3, 5), 4, 2)).toBe(2);
    expect(point.seasonalNaiveScale(f(1, 2), 2, 2)).toBeNaN();
  });
});

describe('point metrics, properties', () => {
  it('is 0 for a perfect forecast', () => {
    fc.assert(
      fc.property(series, (pairs) => {
        const [actual] = split(pairs);
        for (const metric of [point.mae, point.rmse, point.bias, point.smape])
          expect(metric(actual, actual)).toBe(0);
        for (const metric of [point.mape, point.wape, point.cvrmse, point.nmbe])
          expect(metric(actual, actual) ?? 0).toBe(0);
      }),
    );
  });

  it('scales with the unit where it has one and not where it is a share', () => {
    fc.assert(
      fc.property(series, (pairs) => {
        const [actual, predicted] = split(pairs);
        const a4 = actual.map((v) => v * 4);
        const p4 = predicted.map((v) => v * 4);
        expect(point.mae(a4, p4)).toBeCloseTo(4 * point.mae(actual, predicted)!, 6);
        expect(point.rmse(a4, p4)).toBeCloseTo(4 * point.rmse(actual, predicted)!, 6);
        expect(point.smape(a4, p4)).toBeCloseTo(point.smape(actual, predicted)!, 9);
        const [share, share4] = [point.wape(actual, predicted), point.wape(a4, p4)];
        if (share !== null && share < 1e3) expect(share4).toBeCloseTo(share, 6);
      }),
    );
  });

  it('orders |bias| <= MAE <= RMSE and keeps sMAPE within 0..2', () => {
    fc.assert(
      fc.property(series, (pairs) => {
        const [actual, predicted] = split(pairs);
        const error = point.mae(actual, predicted)!;
        expect(Math.abs(point.bias(actual, predicted)!)).toBeLessThanOrEqual(error + 1e-9);
        expect(error).toBeLessThanOrEqual(point.rmse(actual, predicted)! + 1e-9);
        expect(point.smape(actual, predicted)!).toBeLessThanOrEqual(2 + 1e-12);
      }),
    );
  });

  it('does not care about the order of the rows', () => {
    fc.assert(
      fc.property(series, (pairs) => {
        const [actual, predicted] = split(pairs);
        const [turnedActual, turnedPredicted] = split([...pairs].reverse());
        for (const metric of [point.mae, point.rmse, point.smape])
          expect(metric(turnedActual, turnedPredicted)).toBeCloseTo(metric(actual, predicted)!, 8);
      }),
    );
  });
});
