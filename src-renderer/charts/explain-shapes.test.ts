import { expect, test } from 'vitest';
import { describeFeature, featureKey, membersKey } from '../../src-preload/contract/explain.ts';
import type { Explanation, StepExplanation } from '../../src-preload/contract/explain.ts';
import i18n from '../i18n.ts';
import { createFormatter } from '../widgets/format.ts';
import {
  clock,
  featureName,
  importanceBars,
  momentsByDay,
  ranks,
  roundTicks,
  swarmRow,
  valueText,
  waterfall,
  waterfallDomain,
} from './explain-shapes.ts';

const quarter = 900_000;
const format = createFormatter('en');
const name = (key: string, language = 'en'): string =>
  featureName(i18n.getFixedT(language, 'explain'), format, describeFeature(key), quarter);
const feature = (key: string, categories: string[] | null = null): Explanation['features'][number] => ({
  key,
  label: describeFeature(key),
  unit: 'kWh',
  categories,
});

test('generated names become words', () => {
  expect(name('lag_96')).toBe('Reading 24 hours before');
  expect(name('day_1')).toBe('Same time, latest known day');
  expect(name('week_mean_4')).toBe('Mean of the last 4 weeks, same time');
  expect(name('mean_4')).toBe('Mean of the last 60 minutes');
  expect(name('temperature at origin')).toBe('temperature, last known');
  expect(name('temperature, day mean')).toBe('temperature, mean of a day');
  expect(name('temperature')).toBe('temperature');
  expect(name('hour', 'es')).toBe('Hora del día');
  expect(name(membersKey(null))).toContain('together');
  expect(name(membersKey('xgboost'), 'es')).toBe(
    'Cuánto se aparta xgboost de los demás miembros (corrección)',
  );
  expect(describeFeature('members')).toMatchObject({ kind: 'column', column: 'members' });
});

test('pieces of one input share its key', () => {
  expect(
    ['clock_0_31', 'year_cos', 'fade_12', 'last x fade_12', 'surprise_96 x fade_4'].map(featureKey),
  ).toEqual(['hour', 'year', 'lead', 'last_1', 'surprise_96']);
  expect(featureKey('outside temperature above 12.5')).toBe('outside temperature');
  expect(featureKey('lag_96')).toBe('lag_96');
});

test('values carry unit, code or clock', () => {
  const t = i18n.getFixedT('en', 'explain');
  expect(valueText(t, format, feature('lag_96'), 12.5, quarter)).toBe('12.50\u00a0kWh');
  expect(valueText(t, format, feature('weekday'), 2, quarter)).toBe('Wednesday');
  expect(valueText(t, format, feature('hour'), 18.25, quarter)).toBe('18:15');
  expect(valueText(t, format, feature('shift', ['day', 'night']), 1, quarter)).toBe('night');
  expect(valueText(t, format, feature('lag_1'), null, quarter)).toBe('–');
  expect(clock(23.75)).toBe('23:45');
});

test('bars are sorted, and only shares are summed up', () => {
  const explanation = {
    importance: {
      shap: [1, 3, 2],
      permutation: [
        { mean: 0.5, deviation: 0.1 },
        { mean: -0.1, deviation: 0.1 },
        { mean: 2, deviation: 0.2 },
      ],
      gain: [0.2, 0.3, 0.5],
      cover: null,
      weight: null,
    },
  } as unknown as Explanation;
  expect(importanceBars(explanation, 'shap', 2).map((bar) => bar.feature)).toEqual([1, 2]);
  expect(importanceBars(explanation, 'gain', 1)).toEqual([
    { feature: 2, value: 0.5, deviation: null, count: 1 },
    { feature: null, value: 0.5, deviation: null, count: 2 },
  ]);
  expect(importanceBars(explanation, 'permutation', 5).map((bar) => [bar.feature, bar.deviation])).toEqual([
    [2, 0.2],
    [0, 0.1],
  ]);
});

test('points of a row keep their contribution and stay within its height', () => {
  const contribution = Array.from({ length: 200 }, (_, i) => Math.sin(i));
  const value = contribution.map((_, i) => (i % 9 === 0 ? null : i % 5));
  const points = swarmRow({ value, contribution }, (x) => 100 * x, 26, 4);
  expect(points.map((point) => point.x).toSorted()).toEqual(contribution.map((x) => 100 * x).toSorted());
  expect(Math.max(...points.map((point) => Math.abs(point.y)))).toBeLessThanOrEqual(13);
  expect(ranks([3, null, 1, 2])).toEqual([1, null, 0, 0.5]);
  expect(roundTicks(-0.3, 1.1, 5)).toEqual([0, 0.5, 1]);
});

const step = (predicted: number, link: StepExplanation['link'] = 'identity'): StepExplanation => ({
  runId: 'r',
  t: 0,
  origin: 0,
  unit: 'kWh',
  timezone: 'UTC',
  link,
  expected: 20,
  predicted,
  actual: null,
  contributions: [5, -3, 1, 1].map((contribution, i) => ({
    feature: feature(`lag_${i + 1}`),
    value: 1,
    contribution,
  })),
});

test('a waterfall leads from the usual level to the prediction', () => {
  const rows = waterfall(step(24), 2);
  expect(rows.map((row) => [row.kind, row.from, row.to])).toEqual([
    ['expected', 0, 20],
    ['feature', 20, 25],
    ['feature', 25, 22],
    ['others', 22, 24],
    ['predicted', 0, 24],
  ]);
  const [low, high] = waterfallDomain(rows);
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(20);
  expect(high).toBeGreaterThan(25);
  // what was cut off at zero is said
  expect(waterfall({ ...step(0), expected: -30 }, 2).map((row) => row.kind)).toContain('limited');
});

test('moments fall into local days, and the doubled hour keeps both', () => {
  const zone = 'Europe/Madrid';
  const start = Date.UTC(2024, 9, 26, 22);
  const moments = Array.from({ length: 25 }, (_, i) => start + i * 3_600_000);
  const days = momentsByDay(moments, format, zone);
  expect(days).toHaveLength(1);
  expect(new Set(days[0].times.map((time) => time.label)).size).toBe(25);
});
