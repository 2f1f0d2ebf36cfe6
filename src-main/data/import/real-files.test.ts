/** Over the public files beside the repository; skipped where they are not. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFile } from './parse.ts';

const folder = path.resolve(import.meta.dirname, '../../../../shared/data');
const steel = path.join(folder, 'steel_industry.csv');
const credit = path.join(folder, 'german_credit.csv');

describe.skipIf(!existsSync(steel))('steel_industry.csv', () => {
  test('is read whole, in file order, without a question', async () => {
    const table = await parseFile(steel, {}, () => undefined);
    expect(table.sha256).toBe('9b1cee6f9cb9cd9df2b95814ca90a9a2ff15b7f5f1fba0fae3c643e82072eacc');
    expect(table.questions).toEqual([]);
    expect(table.warnings).toEqual([]);
    expect(table.time.length).toBe(35_040);
    expect(table.time[0]).toBe(Date.UTC(2018, 0, 1, 0, 15));
    expect(table.time.slice(1).filter((value, i) => value < table.time[i]).length).toBe(365);
    const usage = table.columns[0];
    if (usage.type !== 'number') throw new Error('Usage_kWh is no number');
    expect(usage.unit).toBe('kWh');
    expect(usage.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(959_636.71, 4);
    expect(
      table.columns.map((column) => (column.type === 'category' ? column.levels.length : column.unit)),
    ).toEqual(['kWh', 'kVarh', 'kVarh', 'tCO2', null, null, null, 2, 7, 3]);
  });
});

describe.skipIf(!existsSync(credit))('german_credit.csv', () => {
  test('its soiled columns are numbers with missing cells, and the time is asked for', async () => {
    const table = await parseFile(credit, {}, () => undefined);
    expect(table.questions.map((question) => question.code)).toEqual(['timestamp']);
    expect(table.time.length).toBe(1020);
    expect(table.columns.length).toBe(22);
    const target = table.columns.find((column) => column.name === 'kredit');
    if (target?.type !== 'number') throw new Error('kredit is no number');
    expect(target.values.filter(Number.isNaN).length).toBe(14 + 6);
    expect(table.warnings.map((warning) => [warning.code, warning.column, warning.rows])).toEqual([
      ['unreadable-numbers', 'mixed_type_col', 98],
    ]);
    expect(table.warnings[0].details).toMatchObject({ example: 'bad' });
  });
});
