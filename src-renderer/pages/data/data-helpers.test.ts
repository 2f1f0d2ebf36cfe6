import { describe, expect, test } from 'vitest';
import type {
  ColumnInfo,
  FileFormat,
  ImportPreview,
  ImportQuestion,
  Profile,
  Repair,
} from '../../../src-preload/contract/index.ts';
import { completeness, meanPower } from './figures.ts';
import {
  answerGiven,
  answerTo,
  choicesOf,
  formatFacts,
  leakageProofs,
  leakingCount,
  otherWarnings,
  shownR2,
  targetChoices,
  toggleRepair,
} from './import-view.ts';
import { pointsForView, withMargin } from './use-series.ts';

const column = (name: string, more: Partial<ColumnInfo> = {}): ColumnInfo => ({
  name,
  kind: 'covariate',
  type: 'number',
  unit: null,
  missing: 0,
  distinct: null,
  min: 0,
  max: 1,
  mean: 0.5,
  std: 0.1,
  knownAhead: false,
  leakage: null,
  ...more,
});
const repair = (code: Repair['code'], applied: boolean): Repair => ({
  code,
  title: '',
  message: '',
  rows: 1,
  recommended: true,
  applied,
});
const preview = (more: Partial<ImportPreview>): ImportPreview =>
  ({ repairs: [], columns: [], questions: [], timezone: null, ...more }) as unknown as ImportPreview;

describe('leakage', () => {
  const columns = [
    column('co2', { leakage: { r2: 0.976, with: [], message: '' } }),
    column('q', { leakage: { r2: 0.9999, with: ['pf'], message: '' } }),
    column('pf', { leakage: { r2: 0.9999, with: ['q'], message: '' } }),
    column('nsm'),
  ];
  test('two columns that do it together are one proof, the strongest first', () => {
    expect(leakageProofs(columns).map((proof) => proof.columns)).toEqual([['pf', 'q'], ['co2']]);
    expect(leakingCount(columns)).toBe(3);
  });
  test('a nearly perfect fit does not read as a perfect one', () => {
    expect([0.99999, 1, 0.9765].map(shownR2)).toEqual([0.9999, 1, 0.9765]);
  });
  test('is not said twice, and never lost', () => {
    const warnings = [
      { code: 'leakage', message: 'a' },
      { code: 'gaps', message: 'b' },
    ];
    expect(otherWarnings(warnings, columns).map((w) => w.code)).toEqual(['gaps']);
    expect(otherWarnings(warnings, [column('nsm')])).toHaveLength(2);
  });
});

describe('repairs', () => {
  const shown = preview({ repairs: [repair('midnight-previous-day', true), repair('zero-holes', false)] });
  test('a toggle sends the whole list, because a list replaces the recommendation', () => {
    expect(toggleRepair(shown, 'zero-holes', true)).toEqual({
      repairs: ['midnight-previous-day', 'zero-holes'],
    });
    expect(toggleRepair(shown, 'midnight-previous-day', false)).toEqual({ repairs: [] });
  });
});

describe('questions', () => {
  const zone: ImportQuestion = {
    code: 'timezone',
    message: '',
    option: 'timezone',
    choices: [
      { value: 'UTC', label: 'UTC' },
      { value: 'Europe/Madrid', label: 'Madrid' },
    ],
    blocking: false,
  };
  test('an answer is an option', () => {
    expect(answerTo(zone, 'UTC', preview({}))).toEqual({ timezone: 'UTC' });
    expect(answerGiven(zone, { timezone: 'UTC' }, preview({}))).toBe('UTC');
  });
  test('what is taken without an answer is shown as taken, but a blocking question stays open', () => {
    expect(answerGiven(zone, {}, preview({ timezone: 'Europe/Madrid' }))).toBe('Europe/Madrid');
    expect(answerGiven({ ...zone, blocking: true }, {}, preview({ timezone: 'UTC' }))).toBeNull();
  });
  test('a question without choices offers the columns', () => {
    const time: ImportQuestion = {
      ...zone,
      code: 'timestamp',
      option: 'timestamp',
      choices: [],
      blocking: true,
    };
    const shown = preview({ sampleHeader: ['a', 'b'] });
    expect(choicesOf(time, shown).map((choice) => choice.value)).toEqual(['a', 'b']);
    expect(answerGiven(time, { timestamp: 'b' }, shown)).toBe('b');
  });
  test('a question about a repair adds it or leaves it out', () => {
    const meter: ImportQuestion = {
      code: 'meter-total',
      message: '',
      option: 'repairs',
      choices: [
        { value: 'meter-total', label: 'yes' },
        { value: 'none', label: 'no' },
      ],
      blocking: true,
    };
    const shown = preview({ repairs: [repair('zero-holes', true)] });
    expect(answerTo(meter, 'meter-total', shown)).toEqual({ repairs: ['zero-holes', 'meter-total'] });
    expect(answerTo(meter, 'none', shown)).toEqual({ repairs: ['zero-holes'] });
    expect(answerGiven(meter, { repairs: ['zero-holes'] }, shown)).toBe('none');
    expect(answerGiven(meter, { repairs: ['meter-total'] }, shown)).toBe('meter-total');
    expect(answerGiven(meter, {}, shown)).toBeNull();
  });
});

test('ordinary things about a file are not listed, unusual ones are', () => {
  const format: FileFormat = {
    kind: 'csv',
    compression: 'gzip',
    encoding: 'UTF-8',
    delimiter: ';',
    decimal: ',',
    thousands: '.',
    preambleLines: 3,
    footerLines: 0,
    header: true,
    unitsRow: false,
    layout: 'wide-days',
    dateFormat: 'DD/MM/YYYY',
  };
  expect(formatFacts(format).map((fact) => fact.key)).toEqual([
    'kind',
    'encoding',
    'delimiter',
    'decimal',
    'thousands',
    'dates',
    'layout',
    'preamble',
  ]);
  expect(formatFacts({ ...format, kind: 'parquet' })).toEqual([{ key: 'kind', value: 'Parquet' }]);
});

test('targets are numbers, loads first', () => {
  const columns = [
    column('time', { kind: 'timestamp', type: 'timestamp' }),
    column('temperature'),
    column('load', { kind: 'load' }),
    column('name', { type: 'text', kind: 'category' }),
    column('flat', { kind: 'constant' }),
  ];
  expect(targetChoices(columns).map((c) => c.name)).toEqual(['load', 'temperature']);
});

test('energy per quarter of an hour is four times as much power', () => {
  expect(meanPower(27.387, 'kWh', 900_000)).toEqual({ value: 109.548, unit: 'kW' });
  expect(meanPower(27, 'kW', 900_000)).toBeNull();
  expect(meanPower(null, 'kWh', 900_000)).toBeNull();
  expect(meanPower(27, 'kWh', Number.NaN)).toBeNull();
});

test('completeness is the share of expected readings that are there', () => {
  expect(completeness({ expectedRows: 200, gapSteps: 5 } as Profile, 5)).toBe(0.95);
  expect(completeness({ expectedRows: 1e6, gapSteps: 0 } as Profile, 1)).toBe(0.9999);
  expect(completeness({ expectedRows: 1e6, gapSteps: 0 } as Profile, 0)).toBe(1);
  expect(completeness({ expectedRows: 0, gapSteps: 0 } as Profile, 0)).toBeNull();
});

test('a view is loaded with half of itself on either side, at the same density', () => {
  const whole = { from: 0, to: 10_000 };
  expect(withMargin({ from: 4000, to: 5000 }, whole)).toEqual({ from: 3500, to: 5500 });
  expect(withMargin({ from: 0, to: 1000 }, whole)).toEqual({ from: 0, to: 1500 });
  expect(pointsForView({ from: 4000, to: 5000 }, whole, 1000)).toBe(4000);
  expect(pointsForView(whole, whole, 1000)).toBe(2000);
});
