import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NumberColumn } from '../frame.ts';
import { parseFile } from '../import/parse.ts';
import type { RawTable } from '../import/raw-table.ts';
import { generateSteelSample } from './generate.ts';

let folder = '';
let table: RawTable;
const text = generateSteelSample(1);
const numbers = (name: string): Float64Array =>
  (table.columns.find((column) => column.name === name) as NumberColumn).values;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'voltcast-sample-'));
  const file = path.join(folder, 'sample.csv');
  writeFileSync(file, text);
  table = await parseFile(file, {}, () => undefined);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a seed fixes every byte', () => {
  const hash = (content: string): string => createHash('sha256').update(content).digest('hex');
  expect(hash(generateSteelSample(1))).toBe(hash(text));
  expect(hash(generateSteelSample(2))).not.toBe(hash(text));
});

test('it has the conventions of the UCI file', () => {
  expect(text.startsWith('\uFEFFdate,Usage_kWh,Lagging_Current_Reactive.Power_kVarh,')).toBe(true);
  expect(text.endsWith('\r\n')).toBe(true);
  const lines = text.split('\r\n');
  expect(lines.length).toBe(35_040 + 2);
  expect(lines[1].slice(0, 16)).toBe('01/01/2023 00:15');
  expect(lines[96].slice(0, 16)).toBe('01/01/2023 00:00'); // midnight under the old date
  expect(lines[97].slice(0, 16)).toBe('02/01/2023 00:15');
});

test('it reads without a question, and time goes back once a day', () => {
  expect(table.questions).toEqual([]);
  expect(table.time.length).toBe(35_040);
  expect(table.time.slice(1).filter((value, i) => value < table.time[i]).length).toBe(365);
});

describe('the figures are those of a two-level load', () => {
  test('idle and working', () => {
    const usage = [...numbers('Usage_kWh')].sort((a, b) => a - b);
    const at = (share: number): number => usage[Math.floor(share * usage.length)];
    expect(at(0.5)).toBeLessThan(6);
    expect(at(0.9)).toBeGreaterThan(50);
    expect(usage.at(-1)).toBeLessThan(200);
    expect(usage.filter((value) => value === 0).length).toBe(1);
  });

  test('kVarh and power factor give the load away, as they do in the original', () => {
    const [usage, kvarh, factor] = [
      'Usage_kWh',
      'Lagging_Current_Reactive.Power_kVarh',
      'Lagging_Current_Power_Factor',
    ].map(numbers);
    let checked = 0;
    usage.forEach((kWh, i) => {
      const pf = factor[i] / 100;
      if (kvarh[i] < 1 || pf >= 0.99) return;
      expect(Math.abs((kvarh[i] * pf) / Math.sqrt(1 - pf * pf) - kWh) / kWh).toBeLessThan(0.02);
      checked++;
    });
    expect(checked).toBeGreaterThan(20_000);
  });

  test('the plan leaves room above the seasonal naive forecast', () => {
    const usage = numbers('Usage_kWh');
    // median of the last four weeks at the same quarter of the week, the simplest thing a model could learn;
    // from four weeks after the summer stop on
    let naive = 0;
    let median = 0;
    for (let i = 262 * 96; i < 355 * 96; i++) {
      const weeks = [usage[i - 672], usage[i - 1344], usage[i - 2016], usage[i - 2688]].sort((a, b) => a - b);
      naive += Math.abs(usage[i] - usage[i - 672]);
      median += Math.abs(usage[i] - (weeks[1] + weeks[2]) / 2);
    }
    expect(median / naive).toBeLessThan(0.85);
  });
});
