import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import { openDb } from './db.ts';
import { latestSchema, migrate, migrations, schemaVersionOf } from './migrations/index.ts';
import { openWorkspace } from './open.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltcast-open-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'voltcast.db');
function caught(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

test('a new workspace has its folders, the newest schema, WAL and full durability', () => {
  const workspace = openWorkspace(join(folder, 'deep', 'new'));
  expect(workspace).toMatchObject({ readOnly: false, ownerPid: null, schemaVersion: latestSchema });
  expect(workspace.checkHealth()).toMatchObject({ ok: true });
  expect(workspace.freeBytes()).toBeGreaterThan(0);
  for (const part of ['objects', 'recipes', 'voltcast.db'])
    expect(existsSync(join(folder, 'deep', 'new', part))).toBe(true);
  workspace.close();
  const db = openDb(join(folder, 'deep', 'new', 'voltcast.db'), { readOnly: false });
  expect([db.pragma('journal_mode'), db.pragma('synchronous'), db.pragma('foreign_keys')]).toEqual([
    'wal',
    2,
    1,
  ]);
  const loose = db.all<{ name: string }>(
    `SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`,
  );
  expect(loose).toEqual([]);
  db.close();
});

test('a second opening for writing is refused with the owner, a read-only one is not', () => {
  const first = openWorkspace(folder);
  const error = caught(() => openWorkspace(folder));
  expect(error).toMatchObject({ code: 'workspace-locked', details: { ownerPid: process.pid } });
  expect(error.hint).toMatch(/read-only/);
  const reader = openWorkspace(folder, { readOnly: true });
  expect(reader).toMatchObject({ readOnly: true, ownerPid: process.pid });
  first.setSettings({ theme: 'dark' });
  expect(reader.getSettings().theme).toBe('dark');
  expect(caught(() => reader.setSettings({ theme: 'light' }))).toMatchObject({
    code: 'workspace-read-only',
    details: { ownerPid: process.pid },
  });
  expect(caught(() => reader.objects.put(new Uint8Array(1))).code).toBe('workspace-read-only');
  first.close();
  expect(reader.ownerPid).toBeNull();
  openWorkspace(folder).close();
  reader.close();
});

test('reading what is not there makes nothing', () => {
  const error = caught(() => openWorkspace(join(folder, 'none'), { readOnly: true }));
  expect(error.code).toBe('workspace-not-found');
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test('a folder that cannot be made says so', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(caught(() => openWorkspace(join(folder, 'file', 'inside'))).code).toBe('no-permission');
});

test('a newer schema is left alone, and the lock is let go', () => {
  openWorkspace(folder).close();
  const raw = new Database(file());
  raw.pragma(`user_version = ${latestSchema + 3}`);
  raw.close();
  for (const readOnly of [false, true])
    expect(caught(() => openWorkspace(folder, { readOnly }))).toMatchObject({
      code: 'workspace-newer',
      details: { schemaVersion: latestSchema + 3, latest: latestSchema },
    });
  const again = new Database(file());
  expect(again.pragma('user_version', { simple: true })).toBe(latestSchema + 3);
  again.close();
});

test('an older schema can be read only after it was brought up to date', () => {
  new Database(file()).exec('CREATE TABLE old (x)').close();
  expect(caught(() => openWorkspace(folder, { readOnly: true })).code).toBe('workspace-needs-update');
});

test('a migration that fails leaves the schema before it, and a copy is made before one runs', () => {
  openWorkspace(folder).close();
  const db = openDb(file(), { readOnly: false });
  db.run(`INSERT INTO setting VALUES ('theme', '"dark"')`);
  const failing = {
    version: latestSchema + 1,
    name: 'failing',
    up: (to: { exec(sql: string): void }) => to.exec('CREATE TABLE half (x); CREATE TABLE half (x);'),
  };
  expect(() => migrate(db, file(), [...migrations, failing])).toThrow();
  expect(schemaVersionOf(db)).toBe(latestSchema);
  expect(db.get(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`)).toBeUndefined();
  db.close();
  const copy = new Database(`${file()}.schema-${latestSchema}.bak`, { readonly: true });
  expect(copy.prepare('SELECT key FROM setting').all()).toEqual([{ key: 'theme' }]);
  copy.close();
  openWorkspace(folder).close();
});

test.each([
  [
    'no database at all',
    () => writeFileSync(file(), 'these are the hourly loads of our plant, 2024'.repeat(200)),
  ],
  ['an overwritten header', () => overwrite(0, 100)],
  ['an overwritten schema page', () => overwrite(100, 3000)],
])('%s: says what to do and keeps the file', (_what, damage) => {
  openWorkspace(folder).close();
  damage();
  const before = readFileSync(file());
  const error = caught(() => openWorkspace(folder));
  expect(error.code).toBe('workspace-corrupt');
  expect(error.hint).toMatch(/backup/);
  expect(error.place?.file).toBe(file());
  expect(readFileSync(file()).equals(before)).toBe(true);
  expect(caught(() => openWorkspace(folder)).code).toBe('workspace-corrupt'); // and not workspace-locked
});

test('damage inside is found by the health check, and at the next start after a crash', () => {
  const workspace = openWorkspace(folder);
  for (let index = 0; index < 3; index++)
    workspace.setSettings({ country: 'DE'.padEnd(9000, String(index)) });
  workspace.close();
  const size = statSync(file()).size;
  // the tail of the file holds index and overflow pages: the schema can still be read
  overwrite(size - 12_288, 12_288);
  const damaged = openWorkspace(folder);
  const health = damaged.checkHealth();
  expect(health.ok).toBe(false);
  expect(health.message).toMatch(/damaged/);
  damaged.close();
  writeFileSync(join(folder, 'voltcast.owner.json'), JSON.stringify({ pid: 1, host: 'gone', since: 0 }));
  expect(caught(() => openWorkspace(folder)).code).toBe('workspace-corrupt');
});

test('the writer removes temporary objects older than a day', () => {
  const workspace = openWorkspace(folder);
  workspace.objects.put(new Uint8Array(3));
  workspace.close();
  const [old, recent] = ['1-old', '1-recent'].map((name) => join(folder, 'objects', 'tmp', name)) as [
    string,
    string,
  ];
  for (const name of [old, recent]) writeFileSync(name, 'half');
  const past = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(old, past, past);
  openWorkspace(folder).close();
  expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
});

function overwrite(offset: number, length: number): void {
  const content = readFileSync(file());
  content.fill(0xa5, offset, offset + length);
  writeFileSync(file(), content);
}
