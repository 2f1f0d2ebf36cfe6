/** @file The real steel plant file, whose oddities are described in its own notes. Skipped where the data is not there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseFile } from '../import/parse.ts';
import { analyse } from './analyse.ts';
import type { Analysis } from './types.ts';

const file = path.resolve(import.meta.dirname, '../../../../shared/data/steel_industry.csv');

describe.skipIf(!existsSync(file))('steel_industry.csv', () => {
  let found: Analysis;
  beforeAll(async () => {
    const raw = await parseFile(file, {}, () => undefined);
    found = analyse(raw, {}, () => undefined);
  });
  const info = (name: string) => found.columns.find((column) => column.name === name)!;

  test('365 midnight readings are moved to the day they belong to', () => {
    const repair = found.repairs.find(({ code }) => code === 'midnight-previous-day')!;
    expect(repair).toMatchObject({ rows: 365, recommended: true, applied: true, column: 'Usage_kWh' });
    expect(repair.message).toContain('1.25 / 1.30 kWh');
    expect(repair.message).toContain('4.10 / 4.15 kWh');
    expect(found).toMatchObject({ stamps: 'ending', frequency: 'PT15M', timezone: 'UTC', rows: 35_040 });
    expect(new Date(found.start!).toISOString()).toBe('2018-01-01T00:00:00.000Z');
    expect(new Date(found.end!).toISOString()).toBe('2018-12-31T23:45:00.000Z');
    expect(found.profile).toMatchObject({ expectedRows: 35_040, gapSteps: 0, duplicates: 0 });
  });

  test('the one row of zeros is a hole', () => {
    expect(found.repairs.find(({ code }) => code === 'zero-holes')).toMatchObject({ rows: 1, applied: true });
    const { frame } = found.frames[0];
    const usage = frame.columns[0];
    const row = frame.time.findIndex((ms) => ms === Date.UTC(2018, 10, 7, 23, 45));
    expect(usage.type === 'number' && usage.values[row]).toBeNaN();
    expect(info('Usage_kWh').missing).toBe(1);
    expect(found.repairs).toHaveLength(2);
  });

  test('kinds, target, and what is known ahead', () => {
    expect(found.target).toBe('Usage_kWh');
    expect(Object.fromEntries(found.columns.map(({ name, kind }) => [name, kind]))).toMatchObject({
      date: 'timestamp',
      Usage_kWh: 'load',
      'CO2(tCO2)': 'covariate',
      NSM: 'covariate',
      WeekStatus: 'category',
      Day_of_week: 'category',
      Load_Type: 'label',
    });
    const known = found.columns.filter(({ knownAhead, kind }) => knownAhead && kind !== 'timestamp');
    expect(known.map(({ name }) => name)).toEqual(['NSM', 'WeekStatus', 'Day_of_week']);
  });

  test('every same-instant measurement is a leak, with the figure that proves it', () => {
    expect(info('CO2(tCO2)').leakage!.r2).toBeCloseTo(0.9765, 3);
    expect(info('Lagging_Current_Reactive.Power_kVarh').leakage).toMatchObject({
      with: ['Lagging_Current_Power_Factor'],
    });
    expect(info('Lagging_Current_Power_Factor').leakage!.r2).toBeCloseTo(0.99987, 5);
    expect(info('Leading_Current_Reactive_Power_kVarh').leakage!.r2).toBeCloseTo(0.9907, 3);
    expect(info('Leading_Current_Power_Factor').leakage).toMatchObject({
      with: ['Leading_Current_Reactive_Power_kVarh'],
    });
    expect(info('CO2(tCO2)').leakage!.message).toMatch(/correlation 0\.988.*lagged by at least the horizon/);
    expect(info('Load_Type').leakage).toBeNull();
    expect(found.warnings.find(({ code }) => code === 'label-follows-load')).toMatchObject({
      column: 'Load_Type',
    });
  });

  test('the profile holds the published quantiles, less the hole that was a reading there (51.26)', () => {
    const usage = found.profile!.columns.find(({ name }) => name === 'Usage_kWh')!;
    expect(usage.quantiles.map((value) => Number(value!.toFixed(2)))).toEqual([
      2.74, 3.2, 4.57, 51.24, 99.04,
    ]);
    expect(usage.dailyShape).toHaveLength(96);
    expect(usage.weeklyShape).toHaveLength(168);
    expect(usage.histogram!.counts.reduce((sum, rows) => sum + rows, 0)).toBe(35_039);
  });

  test('no zone is named in the file: it is asked for, not taken from this machine', () => {
    expect(found.questions).toMatchObject([{ code: 'timezone', blocking: false }]);
  });

  test('refused repairs leave the file as printed, and say what that means', async () => {
    const raw = await parseFile(file, {}, () => undefined);
    const kept = analyse(raw, { repairs: 'none' }, () => undefined);
    expect(kept.repairs.filter(({ applied }) => applied).map(({ code }) => code)).toEqual(['out-of-order']);
    expect(kept.warnings.map(({ code }) => code)).toContain('zero-holes');
  });
});
