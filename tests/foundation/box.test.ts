/** @file The model in the box on real load that it has never seen: a day ahead, each midnight of half a year, as it is. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSteel } from '../../bench/lib/steel-frame.ts';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import { atLevels } from '../../src-main/models/chronos/quantile-levels.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';

const root = path.join(import.meta.dirname, '../..');
const file = path.join(root, '../shared/data/steel_industry.csv');
const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

test.skipIf(!existsSync(file))(
  'beats the better naive by what it is meant to, and covers what it says',
  async () => {
    const [column] = readSteel(file).columns;
    if (column?.type !== 'number') throw new Error('another file');
    const hours = Float64Array.from({ length: 8760 }, (_, i) =>
      column.values.slice(4 * i, 4 * i + 4).reduce((a, b) => a + b),
    );
    const origins = Array.from({ length: 180 }, (_, day) => (181 + day) * 24);
    const runner = new Chronos2Runner(readCheckpoint(path.join(root, 'models/voltcast-small')), {
      intraOpNumThreads: 2,
    });
    const items = origins.map((origin) => ({ targets: [hours.subarray(0, origin)], past: [], known: [] }));
    const forecasts = await predictItems(runner, items, { horizon: 24 });
    const { quantiles } = runner.config;
    await runner.close();

    const error = { model: 0, daily: 0, weekly: 0 };
    let pinball = 0;
    let covered = 0;
    let count = 0;
    origins.forEach((origin, o) => {
      for (let step = 0; step < 24; step++) {
        const actual = hours[origin + step]!;
        if (Number.isNaN(actual)) continue;
        const own = quantiles.map((_, q) => forecasts[o]![0]![q * 24 + step]!).sort((a, b) => a - b);
        const said = atLevels(quantiles, own, levels);
        error.model += Math.abs(said[4]! - actual);
        error.daily += Math.abs((hours[origin + step - 24] || actual) - actual);
        error.weekly += Math.abs((hours[origin + step - 168] || actual) - actual);
        said.forEach((value, k) => {
          const miss = actual - value;
          pinball += (2 * Math.max(levels[k]! * miss, (levels[k]! - 1) * miss)) / levels.length;
        });
        if (actual >= said[0]! && actual <= said[8]!) covered++;
        count++;
      }
    });
    const naive = Math.min(error.daily, error.weekly);
    expect(1 - pinball / naive).toBeGreaterThan(0.25);
    expect(1 - error.model / naive).toBeGreaterThan(0.15);
    expect(covered / count).toBeGreaterThan(0.75);
    expect(covered / count).toBeLessThan(0.85);
  },
);
