import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  datasetVersionSchema,
  importPreviewSchema,
  profileSchema,
} from '../../src-preload/contract/index.ts';
import type { AppEvent } from '../../src-preload/contract/index.ts';
import { createEventBus } from '../workspace/event-bus.ts';
import { openWorkspace } from '../workspace/open.ts';
import type { Workspace } from '../workspace/types.ts';
import { createImportService, datasetNameOf } from './imports.ts';
import type { ImportService } from './imports.ts';

let folder = '';
let workspace: Workspace;
let imports: ImportService;
let events: AppEvent[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'voltcast-imports-'));
  workspace = openWorkspace(path.join(folder, 'workspace'));
  const bus = createEventBus();
  events = [];
  bus.on((event) => events.push(event));
  imports = createImportService({ workspace, bus });
});
afterEach(() => {
  workspace.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, lines: readonly string[]): string => {
  const place = path.join(folder, name);
  writeFileSync(place, lines.join('\n') + '\n');
  return place;
};
const days = 24;
const hourly = (change = 0): string[] => [
  'time,load_kW,temperature,site_class',
  ...Array.from({ length: days * 24 }, (_, i) => {
    const stamp = new Date(Date.UTC(2024, 0, 1) + i * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
    const load = 50 + 30 * Math.sin((i % 24) / 4) + ((i * 37) % 11) + (i === 100 ? change : 0);
    return `${stamp},${load.toFixed(3)},${(10 + ((i * 13) % 17)).toFixed(1)},${i % 24 < 12 ? 'low' : 'high'}`;
  }),
];

describe('import', () => {
  test('stores a version with a profile, and tells who listens', async () => {
    const place = file('Planta Norte.csv', hourly());
    const version = await imports.import(place, {});
    expect(version).toMatchObject({
      dataset: 'planta-norte',
      version: 1,
      created: true,
      rows: days * 24,
      frequency: 'PT1H',
      timezone: 'UTC',
      target: 'load_kW',
      source: { file: place },
    });
    const stored = workspace.getDatasetVersion('planta-norte');
    expect(datasetVersionSchema.parse(stored.version)).toEqual(stored.version);
    expect(profileSchema.parse(stored.profile).rows).toBe(days * 24);
    expect(events.filter(({ type }) => type === 'dataset')).toEqual([
      { type: 'dataset', dataset: 'planta-norte' },
    ]);
    const progress = events.filter((event) => event.type === 'import-progress');
    expect(progress.at(-1)).toMatchObject({ fraction: 1, file: place });
    expect(readdirSync(path.join(workspace.path, 'tmp'))).toEqual([]);
  });

  test('the same content is the same version, whatever the file is called; changed content is the next', async () => {
    const first = await imports.import(file('a.csv', hourly()), { name: 'plant' });
    const again = await imports.import(file('b.csv', hourly()), { name: 'plant' });
    const changed = await imports.import(file('a.csv', hourly(5)), { name: 'plant' });
    expect([first.version, again.version, changed.version]).toEqual([1, 1, 2]);
    expect([first.created, again.created, changed.created]).toEqual([true, false, true]);
    expect(again.contentHash).toBe(first.contentHash);
  });

  test('the same content with another target keeps the version and takes the target', async () => {
    await imports.import(file('a.csv', hourly()), { name: 'plant' });
    const again = await imports.import(file('a.csv', hourly()), { name: 'plant', target: 'temperature' });
    expect(again).toMatchObject({ version: 1, created: false, target: 'temperature' });
  });

  test.each([
    ['nowhere.csv', {}, 'file-not-found'],
    ['good.csv', { target: 'lod_kW' }, 'unknown-target'],
    ['good.csv', { timezone: 'Mars/Olympus' }, 'unknown-timezone'],
    ['good.csv', { name: '../x' }, 'bad-dataset-name'],
    ['irregular.csv', {}, 'irregular-timestamps'],
    ['dates.csv', {}, 'import-question'],
  ])('%s with %j fails with %s and leaves nothing behind', async (name, options, code) => {
    file('good.csv', hourly());
    const wild = Array.from({ length: 60 }, (_, i) =>
      new Date(1.7e12 + i * i * 1.37e6).toISOString().slice(0, 19),
    );
    file('irregular.csv', ['time,load_kW', ...wild.map((stamp, i) => `${stamp},${i % 7}`)]);
    file('dates.csv', [
      'date,load_kW',
      ...Array.from({ length: 12 }, (_, i) => `0${1 + (i % 9)}/0${1 + (i % 9)}/2024,${i}`),
    ]);
    await expect(imports.import(path.join(folder, name), options)).rejects.toMatchObject({ code });
    expect(workspace.listDatasets()).toEqual([]);
    expect(events.some(({ type }) => type === 'dataset')).toBe(false);
  });

  test('one that is cancelled leaves nothing behind, and the next one is whole', async () => {
    const long = Array.from({ length: 220_000 }, (_, i) => {
      const stamp = new Date(Date.UTC(2010, 0, 1) + i * 900_000).toISOString().slice(0, 16);
      return `${stamp},${(i * 7919) % 1013}.5,${(i * 104_729) % 997}`;
    });
    const place = file('long.csv', ['time,load_kW,temp', ...long]);
    const temporary = path.join(workspace.path, 'tmp');
    for (const end of ['reading', 'Storing the table']) {
      const soon = { interval: 1, timeout: 20_000 };
      const importing = imports.import(place, {});
      const refused = expect(importing).rejects.toMatchObject({ code: 'import-cancelled' });
      await expect.poll(() => events.some((e) => e.type === 'import-progress'), soon).toBe(true);
      if (end !== 'reading') await expect.poll(() => readdirSync(temporary).length > 0, soon).toBe(true);
      await imports.cancel(place);
      await refused;
      expect(readdirSync(temporary)).toEqual([]);
      expect(workspace.listDatasets()).toEqual([]);
      events.length = 0;
    }
    await imports.cancel(place); // nothing to give up
    expect(await imports.import(place, {})).toMatchObject({ rows: 220_000, version: 1 });
  });

  test('what a killed process left is gone when the next one begins', () => {
    const temporary = path.join(workspace.path, 'tmp');
    mkdirSync(path.join(temporary, 'import-sample'), { recursive: true });
    writeFileSync(path.join(temporary, 'import-1.parquet'), 'half');
    writeFileSync(path.join(temporary, 'import-sample', 'steel_sample.csv'), 'half');
    writeFileSync(path.join(temporary, 'of-others'), 'kept');
    createImportService({ workspace, bus: createEventBus() });
    expect(readdirSync(temporary)).toEqual(['of-others']);
  });

  test('an open question names the option and the answers', async () => {
    const place = file('dates.csv', [
      'date,load_kW',
      ...Array.from({ length: 12 }, (_, i) => `0${1 + (i % 9)}/0${1 + (i % 9)}/2024,${i}`),
    ]);
    await expect(imports.import(place, {})).rejects.toMatchObject({
      hint: expect.stringContaining('--date-order'),
      details: { questions: [expect.objectContaining({ code: 'date-order', blocking: true })] },
    });
  });

  test('too little space is said before anything is read', async () => {
    const narrow = createImportService({
      workspace: new Proxy(workspace, {
        get: (real, key) => (key === 'freeBytes' ? () => 10 : Reflect.get(real, key)),
      }),
      bus: createEventBus(),
    });
    await expect(narrow.import(file('a.csv', hourly()), {})).rejects.toMatchObject({ code: 'disk-full' });
  });

  test('a long import leaves this thread free', async () => {
    const lines = hourly();
    const many = [lines[0]];
    for (let i = 0; i < 60_000; i++) {
      const stamp = new Date(Date.UTC(2010, 0, 1) + i * 3_600_000)
        .toISOString()
        .slice(0, 16)
        .replace('T', ' ');
      many.push(`${stamp},${50 + (i % 24)}.5,${i % 17},low`);
    }
    const place = file('long.csv', many);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const started = last;
    await imports.import(place, {});
    clearInterval(timer);
    // a busy machine holds every thread up; blocking would hold this one up for all of the import
    expect(longest).toBeLessThan(Math.max(400, (performance.now() - started) / 2));
  });
});

test('a preview shows everything and stores nothing', async () => {
  const preview = await imports.preview(file('a.csv', hourly()), {});
  expect(importPreviewSchema.parse(preview)).toMatchObject({
    target: 'load_kW',
    frequency: 'PT1H',
    rows: days * 24,
  });
  expect(preview.sampleHeader).toContain('load_kW');
  expect(workspace.listDatasets()).toEqual([]);
});

test('series and heat map of a stored column', async () => {
  const { dataset } = await imports.import(file('a.csv', hourly()), {});
  const whole = imports.series({ dataset, column: 'load_kW', points: 2000 });
  expect(whole).toMatchObject({ column: 'load_kW', perBucket: 1, rows: days * 24 });
  expect(whole.min).toEqual(whole.max);
  const thin = imports.series({ dataset, column: 'load_kW', points: 50 });
  expect(thin.t.length).toBeLessThanOrEqual(50);
  expect(Math.max(...thin.max.map(Number))).toBe(Math.max(...whole.max.map(Number)));
  const from = Date.UTC(2024, 0, 3);
  const day = imports.series({ dataset, column: 'load_kW', from, to: from + 23 * 3_600_000, points: 2000 });
  expect(day.t).toHaveLength(24);
  const map = imports.heatmap({ dataset, column: 'load_kW' });
  expect(map).toMatchObject({ slots: 24 });
  expect(map.days).toHaveLength(days);
  expect(map.values.slice(0, 24)).toEqual(whole.min.slice(0, 24));
  expect(() => imports.series({ dataset, column: 'nothing', points: 100 })).toThrowError(
    expect.objectContaining({ code: 'column-not-found' }),
  );
  expect(() => imports.series({ dataset, column: 'site_class', points: 100 })).toThrowError(
    expect.objectContaining({ code: 'column-not-numeric' }),
  );
});

test('the sample comes in under its name', async () => {
  const version = await imports.importSample();
  expect(version).toMatchObject({
    dataset: 'steel_sample',
    target: 'Usage_kWh',
    frequency: 'PT15M',
    rows: 35_040,
  });
  expect(version.source.file).toBe('steel_sample.csv');
});

test('read-only: said, not tried', async () => {
  workspace.close();
  const readOnly = openWorkspace(path.join(folder, 'workspace'), { readOnly: true });
  const service = createImportService({ workspace: readOnly, bus: createEventBus() });
  await expect(service.import(file('a.csv', hourly()), {})).rejects.toMatchObject({
    code: 'workspace-read-only',
  });
  readOnly.close();
  workspace = openWorkspace(path.join(folder, 'workspace'));
});

const steel = path.resolve(import.meta.dirname, '../../../shared/data/steel_industry.csv');
test.skipIf(!existsSync(steel))('the real steel file, repaired and stored', async () => {
  const version = await imports.import(steel, {});
  expect(version).toMatchObject({
    dataset: 'steel_industry',
    rows: 35_040,
    stamps: 'ending',
    target: 'Usage_kWh',
  });
  expect(version.repairs.map(({ code }) => code)).toEqual(['midnight-previous-day', 'zero-holes']);
  const printed = await imports.import(steel, { repairs: 'none' });
  expect(printed.version).toBe(2);
  const curve = imports.series({
    dataset: 'steel_industry',
    version: 1,
    column: 'Usage_kWh',
    points: 20_000,
  });
  expect(curve.rows).toBe(35_040);
});

test.each([
  ['/data/Planta Norte 2024.csv.gz', 'planta-norte-2024'],
  ['C.parquet', 'c'],
  ['Señal (día).tsv', 'senal-dia'],
  ['???.csv', 'dataset'],
  ['steel_industry.csv', 'steel_industry'],
])('%s becomes %s', (name, slug) => expect(datasetNameOf(name)).toBe(slug));
