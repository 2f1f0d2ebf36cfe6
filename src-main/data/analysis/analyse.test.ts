import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import type { RawTable } from '../import/raw-table.ts';
import { analyse } from './analyse.ts';
import { writeTable } from '../table-store.ts';
import { contentHash } from './content-hash.ts';
import { column, loadOf, random, rawTable, stamps } from './raw-fixture.ts';
import type { Analysis } from './types.ts';

const quiet = (): void => undefined;
const look = (raw: RawTable, options: ImportOptions = {}): Analysis => analyse(raw, options, quiet);
const codes = (list: readonly { code: string }[]): string[] => list.map(({ code }) => code);
const iso = (ms: number | null): string => new Date(ms ?? NaN).toISOString().slice(0, 16);
const kindOf = (analysis: Analysis, name: string) => analysis.columns.find((info) => info.name === name)!;
const valuesOf = (analysis: Analysis, name: string, part = 0): Float64Array => {
  const found = analysis.frames[part].frame.columns.find((candidate) => candidate.name === name);
  if (found?.type !== 'number') throw new Error(`no number column ${name}`);
  return found.values;
};
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-analysis-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hashOf = ({ frames, timezone, stamps, frequency, repairs }: Analysis): string => {
  const { hash } = writeTable(frames, path.join(folder, 'table.parquet'));
  return contentHash(hash, frames, { timezone: timezone!, stamps, frequency: frequency!, repairs });
};

const time = stamps('2024-01-01T00:00', 96 * 28);
const plain = rawTable(time, { load_kW: loadOf(time) });

describe('a plain file', () => {
  test('needs no repair', () => {
    const found = look(plain);
    expect(found.repairs).toEqual([]);
    expect(found).toMatchObject({
      frequency: 'PT15M',
      timezone: 'UTC',
      stamps: 'beginning',
      target: 'load_kW',
      rows: 2688,
    });
    expect(iso(found.start)).toBe('2024-01-01T00:00');
    expect(iso(found.end)).toBe('2024-01-28T23:45');
    expect(found.frames).toHaveLength(1);
    expect(valuesOf(found, 'load_kW')).toEqual(plain.columns[0].type === 'number' && plain.columns[0].values);
  });

  test('asks for the zone, and does not wait for the answer', () => {
    expect(look(plain).questions).toMatchObject([{ code: 'timezone', blocking: false, option: 'timezone' }]);
    expect(look(plain, { timezone: 'Asia/Seoul' }).questions).toEqual([]);
  });

  test('daily rows are not asked for a zone', () => {
    const days = stamps('2024-01-01T00:00', 100, 1440);
    const found = look(rawTable(days, { demand: loadOf(days) }));
    expect(found).toMatchObject({ frequency: 'P1D', timezone: 'UTC', stamps: 'beginning', questions: [] });
  });
});

describe('order and duplicates', () => {
  test('newest first is turned round, and is no midnight trap', () => {
    const raw = rawTable(time.toReversed(), { load_kW: loadOf(time).reverse() });
    const found = look(raw);
    expect(found.repairs).toMatchObject([
      { code: 'out-of-order', applied: true, details: { descending: true } },
    ]);
    expect(valuesOf(found, 'load_kW')).toEqual(loadOf(time));
    expect(hashOf(found)).toBe(hashOf(look(plain)));
  });

  test('a share of rows out of order is counted and sorted', () => {
    const order = Array.from(time.keys());
    for (let i = 100; i < 150; i++) [order[i], order[i + 1000]] = [order[i + 1000], order[i]];
    const load = loadOf(time);
    const found = look(
      rawTable(
        order.map((row) => time[row]),
        { load_kW: order.map((row) => load[row]) },
      ),
    );
    expect(found.repairs).toMatchObject([{ code: 'out-of-order', recommended: true, applied: true }]);
    expect(found.repairs[0].rows).toBeGreaterThanOrEqual(100);
    expect(hashOf(found)).toBe(hashOf(look(plain)));
  });

  test('identical rows are dropped, rows that complete each other are joined, of a conflict the last wins', () => {
    const t = [...time.slice(0, 200), time[10], time[20], time[30]];
    const load = [...loadOf(time.slice(0, 200))];
    const temp = load.map((_, i) => (i === 20 ? null : i % 7));
    const found = look(
      rawTable(t, { load_kW: [...load, load[10], null, 999], temp: [...temp, temp[10], 55, temp[30]] }),
    );
    const repair = found.repairs.find(({ code }) => code === 'duplicate-timestamps')!;
    expect(repair).toMatchObject({ rows: 3, applied: true, details: { identical: 1, conflicts: 1 } });
    expect(found.rows).toBe(200);
    expect(valuesOf(found, 'load_kW')[20]).toBe(load[20]);
    expect(valuesOf(found, 'temp')[20]).toBe(55);
    expect(valuesOf(found, 'load_kW')[30]).toBe(999);
    expect(found.profile!.duplicates).toBe(3);
  });

  test('repairs none: of a conflict the first row stays, and a warning says so', () => {
    const found = look(
      rawTable([...time.slice(0, 100), time[30]], { load_kW: [...loadOf(time.slice(0, 100)), 999] }),
      {
        repairs: 'none',
      },
    );
    expect(valuesOf(found, 'load_kW')[30]).toBe(loadOf(time)[30]);
    expect(codes(found.warnings)).toContain('duplicates');
  });

  test('several series in one column: asks which column names them, and stores nothing', () => {
    const twice = [...time.slice(0, 300), ...time.slice(0, 300)];
    const found = look(
      rawTable(twice, {
        load_kW: twice.map((_, i) => 10 + (i % 97) + (i >= 300 ? 500 : 0)),
        site: twice.map((_, i) => (i < 300 ? 'north' : 'south')),
      }),
    );
    expect(found.questions.find(({ blocking }) => blocking)).toMatchObject({
      code: 'series',
      choices: [{ value: 'site' }],
    });
    expect(found.frames).toEqual([]);
  });
});

describe('the step', () => {
  test('gaps are found where they are', () => {
    const kept = time.filter((_, i) => i < 500 || i >= 508);
    const load = loadOf(time).filter((_, i) => i < 500 || i >= 508);
    const found = look(rawTable(kept, { load_kW: load }));
    expect(found.frequency).toBe('PT15M');
    expect(found.profile).toMatchObject({ rows: 2680, expectedRows: 2688, gapSteps: 8 });
    expect(found.profile!.gaps).toEqual([{ from: time[500], to: time[507], steps: 8 }]);
    expect(codes(found.warnings)).toContain('gaps');
  });

  test('stamps that jitter by seconds are rounded', () => {
    const next = random(3);
    const shaken = time.map((ms) => ms + Math.round((next() - 0.5) * 40) * 1000);
    const found = look(rawTable(shaken, { load_kW: loadOf(time) }));
    expect(found).toMatchObject({ frequency: 'PT15M', rows: 2688 });
    expect(found.frames[0].frame.time).toEqual(time);
    expect(codes(found.warnings)).toContain('stamps-rounded');
  });

  test('rows without a common step are refused with what to do', () => {
    const next = random(4);
    let ms = Date.UTC(2024, 0, 1);
    const wild = Array.from({ length: 500 }, () => (ms += Math.round(next() * 1e7)));
    const found = look(rawTable(wild, { load_kW: wild.map(() => next()) }));
    expect(found.frequency).toBeNull();
    expect(found.frames).toEqual([]);
    expect(found.warnings.find(({ code }) => code === 'irregular')?.hint).toMatch(/fixed step/);
  });

  test('calendar months are named as such', () => {
    const months = Array.from({ length: 36 }, (_, i) => Date.UTC(2021, i, 1));
    const found = look(rawTable(months, { consumption: months.map((_, i) => 100 + (i % 12)) }));
    expect(found.frequency).toBeNull();
    expect(codes(found.warnings)).toContain('monthly');
  });

  test('mostly hours and then quarter hours are quarter hours', () => {
    const hours = stamps('2018-01-01T00:00', 24 * 200, 60);
    const quarters = stamps('2018-07-20T00:00', 96 * 40);
    const all = Float64Array.from([...hours, ...quarters]);
    const found = look(rawTable(all, { load_kW: loadOf(all) }));
    expect(found.frequency).toBe('PT15M');
    expect(codes(found.warnings)).toContain('mixed-resolution');
  });

  test('an hourly stretch before a quarter-hourly one is warned about', () => {
    const hours = stamps('2024-01-01T00:00', 24 * 20, 60);
    const quarters = stamps('2024-01-21T00:00', 96 * 20);
    const all = Float64Array.from([...hours, ...quarters]);
    const found = look(rawTable(all, { load_kW: loadOf(all) }));
    expect(found.frequency).toBe('PT15M');
    expect(found.warnings.find(({ code }) => code === 'mixed-resolution')?.message).toMatch(/PT1H.*PT15M/);
  });
});

describe('stamps at the beginning or the end', () => {
  const late = stamps('2024-01-01T00:15', 96 * 28);
  test('a file from 00:15 to 00:00 has ending stamps, and is stored by beginnings', () => {
    const found = look(rawTable(late, { load_kW: loadOf(time) }));
    expect(found.stamps).toBe('ending');
    expect(iso(found.start)).toBe('2024-01-01T00:00');
    expect(found.frames[0].frame.time).toEqual(time);
  });
  test('the user knows better', () => {
    expect(
      look(rawTable(late, { load_kW: loadOf(time) }), { stamps: 'beginning' }).frames[0].frame.time,
    ).toEqual(late);
  });
  test('a weekday column that changes after midnight proves ending stamps, whatever the span', () => {
    const part = late.slice(40, 96 * 27 + 13);
    const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    const weekday = (ms: number): string => names[(Math.floor(ms / 86_400_000) + 3) % 7];
    const ending = look(
      rawTable(part, { load_kW: loadOf(part), day: [...part].map((ms) => weekday(ms - 900_000)) }),
    );
    expect(ending.stamps).toBe('ending');
    expect(kindOf(ending, 'day').knownAhead).toBe(true);
    const beginning = look(rawTable(part, { load_kW: loadOf(part), day: [...part].map(weekday) }));
    expect(beginning.stamps).toBe('beginning');
  });
});

describe('repairs of readings', () => {
  test('a row of zeros in all columns is a hole', () => {
    const load = loadOf(time);
    const volts = load.map((_, i) => 230 + (i % 5) / 10);
    load[700] = volts[700] = 0;
    const found = look(rawTable(time, { load_kW: load, U: volts }));
    expect(found.repairs).toMatchObject([{ code: 'zero-holes', rows: 1, applied: true, recommended: true }]);
    expect(valuesOf(found, 'load_kW')[700]).toBeNaN();
    const kept = look(rawTable(time, { load_kW: load, U: volts }), { repairs: 'none' });
    expect(kept.repairs).toMatchObject([{ code: 'zero-holes', applied: false }]);
    expect(valuesOf(kept, 'load_kW')[700]).toBe(0);
  });

  test('a plant that is off every night has no holes', () => {
    const load = loadOf(time).map((value, i) => (i % 96 < 20 ? 0 : value));
    expect(look(rawTable(time, { load_kW: load })).repairs).toEqual([]);
  });

  test('a running total is differenced; rollover and reset are bridged', () => {
    const usage = loadOf(time).map((value) => Math.round(value));
    let total = 950_000;
    const reading = Float64Array.from(usage, (value) => {
      total = (total + value) % 1_000_000;
      return total;
    });
    const found = look(rawTable(time, { meter_total_kWh: reading }));
    expect(found.repairs).toMatchObject([
      { code: 'meter-total', column: 'meter_total_kWh', applied: true, details: { rollovers: 1, resets: 0 } },
    ]);
    // beginning stamps: interval i is reading i + 1 less reading i; the last row has no end and is cut off
    expect(found.rows).toBe(usage.length - 1);
    expect(valuesOf(found, 'meter_total_kWh')).toEqual(usage.slice(1));
    expect(look(rawTable(time, { meter_total_kWh: reading }), { repairs: 'none' }).rows).toBe(usage.length);
  });

  test('a total with ending stamps lands on the same intervals', () => {
    const late = stamps('2024-01-01T00:15', 96 * 28);
    const usage = loadOf(time);
    let total = 0;
    const reading = usage.map((value) => (total += value));
    const found = look(rawTable(late, { total_kWh: reading }));
    expect(found.stamps).toBe('ending');
    expect(iso(found.start)).toBe('2024-01-01T00:15');
    expect(valuesOf(found, 'total_kWh')[0]).toBeCloseTo(usage[1], 6);
  });

  test('a row number is no meter', () => {
    const found = look(rawTable(time, { load_kW: loadOf(time), n: [...time.keys()] }));
    expect(codes(found.repairs)).toEqual([]);
    expect(kindOf(found, 'n').knownAhead).toBe(true);
  });

  test('stuck readings are shown, and only marked when asked for', () => {
    const load = loadOf(time);
    load.fill(42.42, 1000, 1100);
    const raw = rawTable(time, { load_kW: load });
    const found = look(raw);
    expect(found.repairs).toMatchObject([
      { code: 'stuck-values', rows: 100, recommended: false, applied: false },
    ]);
    expect(codes(found.warnings)).toContain('stuck-values');
    expect(valuesOf(found, 'load_kW')[1050]).toBe(42.42);
    const marked = look(raw, { repairs: ['stuck-values'] });
    expect(valuesOf(marked, 'load_kW').filter((value) => Number.isNaN(value))).toHaveLength(99);
    expect(kindOf(marked, 'load_kW').missing).toBe(99);
  });

  test('spellings of one category become one, the frequent one', () => {
    const shift = [...time].map(
      (_, i) => ['Day', 'day ', 'DAY', 'Night'][i % 10 < 7 ? 0 : i % 10 === 7 ? 1 : i % 10 === 8 ? 2 : 3],
    );
    const found = look(rawTable(time, { load_kW: loadOf(time), shift }));
    expect(found.repairs).toMatchObject([{ code: 'category-spelling', column: 'shift', applied: true }]);
    expect(kindOf(found, 'shift').distinct).toBe(2);
    const stored = found.frames[0].frame.columns[1];
    expect(stored.type === 'category' && stored.levels).toEqual(['Day', 'Night']);
    expect(
      kindOf(look(rawTable(time, { load_kW: loadOf(time), shift }), { repairs: 'none' }), 'shift').distinct,
    ).toBe(4);
  });
});

describe('kinds and target', () => {
  test('an unknown target names the nearest column', () => {
    expect(() => look(plain, { target: 'load_kw' })).toThrowError(
      expect.objectContaining({ code: 'unknown-target', hint: "Did you mean 'load_kW'?" }),
    );
  });
  test('constant and empty columns are named, and are no targets', () => {
    const raw = rawTable(time, {
      load_kW: loadOf(time),
      one: [...time].map(() => 1),
      none: [...time].map(() => null),
    });
    const found = look(raw);
    expect(kindOf(found, 'one').kind).toBe('constant');
    expect(kindOf(found, 'none').kind).toBe('empty');
    expect(codes(found.warnings)).toEqual(expect.arrayContaining(['constant-column', 'empty-column']));
    expect(() => look(raw, { target: 'one' })).toThrowError(
      expect.objectContaining({ code: 'unsuitable-target' }),
    );
  });
  test.each([
    [['Temperature', 'Demand', 'Holiday'], 'Demand'],
    [['T_out', 'RH_out', 'Appliances'], 'Appliances'],
    [['Global_reactive_power', 'Global_active_power', 'Voltage'], 'Global_active_power'],
    [['total load forecast', 'generation solar', 'total load actual', 'price actual'], 'total load actual'],
    [['Außentemperatur', 'Verbrauch', 'Preis'], 'Verbrauch'],
    [['temperatura', 'Consumo_kWh', 'precio'], 'Consumo_kWh'],
  ])('of %j the target is %s', (names, target) => {
    const columns = Object.fromEntries(names.map((name, i) => [name, loadOf(time, i + 1).map((v) => v + i)]));
    expect(look(rawTable(time, columns)).target).toBe(target);
  });
});

describe('leakage', () => {
  const load = loadOf(time);
  const next = random(9);
  const noise = Float64Array.from(time, () => next());
  test('one column alone, straight or bent', () => {
    const found = look(
      rawTable(time, {
        load_kW: load,
        co2: load.map((v) => Math.round(v / 10)),
        bent: load.map((v) => Math.exp(-v / 20)),
        weather: noise,
      }),
    );
    expect(kindOf(found, 'co2').leakage!.r2).toBeGreaterThan(0.95);
    expect(kindOf(found, 'bent').leakage!.r2).toBeGreaterThan(0.95);
    expect(kindOf(found, 'weather').leakage).toBeNull();
    expect(kindOf(found, 'co2').leakage!.message).toMatch(/R² 0\.9.*lagged by at least the horizon/);
  });
  test('two that give it by the power triangle', () => {
    const pf = noise.map((u) => 0.5 + 0.49 * u);
    const q = load.map((p, i) => (p * Math.sqrt(1 - pf[i] ** 2)) / pf[i]);
    const found = look(rawTable(time, { load_kW: load, kVar: q, PF: pf.map((v) => 100 * v) }));
    expect(kindOf(found, 'kVar').leakage).toMatchObject({ with: ['PF'] });
    expect(kindOf(found, 'PF').leakage).toMatchObject({ with: ['kVar'] });
    expect(kindOf(found, 'PF').leakage!.r2).toBeGreaterThan(0.999);
  });
  test('a product of two, and a sum of three', () => {
    const volts = noise.map((u) => 100 + 300 * u);
    const amps = load.map((p, i) => (1000 * p) / volts[i]);
    const product = look(rawTable(time, { load_kW: load, U: volts, I: amps }));
    expect(kindOf(product, 'I').leakage).toMatchObject({ with: ['U'] });
    const [a, b, c] = [20, 21, 22].map((seed) => {
      const own = random(seed);
      return load.map((v) => 20 + v * own());
    });
    const sum = a.map((v, i) => v + b[i] + c[i]);
    const parts = look(rawTable(time, { total_kW: sum, x1: a, x2: b, x3: c }), { target: 'total_kW' });
    expect(kindOf(parts, 'x1').leakage?.with.toSorted()).toEqual(['x2', 'x3']);
  });
  test('a column named as a forecast is only questioned', () => {
    const found = look(rawTable(time, { load_kW: load, load_forecast: load.map((v, i) => v + noise[i]) }));
    expect(kindOf(found, 'load_forecast').leakage).toBeNull();
    expect(codes(found.warnings)).toContain('forecast-column');
  });
  test('what only shares the daily rhythm is no leak', () => {
    const other = loadOf(time, 77);
    expect(kindOf(look(rawTable(time, { load_kW: load, visitors: other })), 'visitors').leakage).toBeNull();
  });
});

describe('long form', () => {
  test('each series has its own axis; names come sorted', () => {
    const n = 400;
    const t = stamps('2024-03-01T00:00', n);
    const all = [...t, ...t.slice(50)];
    const series = [...t].map(() => 'west').concat([...t.slice(50)].map(() => 'east'));
    const raw = rawTable(all, { load_kW: all.map((_, i) => 10 + (i % 96)) });
    const named = column('site', series);
    const found = look({ ...raw, series: named.type === 'category' ? named : null });
    expect(found.series).toEqual(['east', 'west']);
    expect(found.frames.map(({ series: name, frame }) => [name, frame.time.length])).toEqual([
      ['east', 350],
      ['west', 400],
    ]);
    expect(found.rows).toBe(750);
    expect(kindOf(found, 'site').kind).toBe('series');
  });
});

describe('identity of content', () => {
  const base = hashOf(look(plain));
  test('file name and size play no part', () =>
    expect(hashOf(look({ ...plain, file: 'other.csv', bytes: 5 }))).toBe(base));
  test('one reading changes it', () => {
    const load = loadOf(time);
    load[5] += 1e-9;
    expect(hashOf(look(rawTable(time, { load_kW: load })))).not.toBe(base);
  });
  test('zone and stamps change it', () => {
    expect(hashOf(look(plain, { timezone: 'Asia/Seoul' }))).not.toBe(base);
    expect(hashOf(look(plain, { stamps: 'ending' }))).not.toBe(base);
  });
});

test('the raw table is left as it was', () => {
  const load = loadOf(time);
  load[700] = 0;
  const raw = rawTable(time.toReversed(), {
    load_kW: load,
    U: load.map((_, i) => (i === 700 ? 0 : 230 + (i % 3))),
  });
  const copy = structuredClone(raw);
  look(raw, { repairs: ['zero-holes', 'stuck-values', 'out-of-order'] });
  expect(raw).toEqual(copy);
});

test('whatever the order of rows and however many are doubled, the table is the same', () => {
  const t = time.slice(0, 400);
  const load = loadOf(t);
  const expected = hashOf(look(rawTable(t, { load_kW: load }), { timezone: 'UTC', stamps: 'beginning' }));
  fc.assert(
    fc.property(fc.array(fc.nat(399), { maxLength: 40 }), fc.infiniteStream(fc.nat()), (doubled, keys) => {
      const order = [...t.keys(), ...doubled];
      const key = order.map(() => keys.next().value);
      const shuffled = order
        .map((row, i) => [row, key[i]])
        .sort((a, b) => a[1] - b[1])
        .map(([row]) => row);
      const raw = rawTable(
        shuffled.map((row) => t[row]),
        { load_kW: shuffled.map((row) => load[row]) },
      );
      expect(hashOf(look(raw, { timezone: 'UTC', stamps: 'beginning' }))).toBe(expected);
    }),
    { numRuns: 40 },
  );
});
