import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFolder, temporaryFolder } from '../../../tests/support/folders.ts';
import { keepDeviceTrials } from './device-trials.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = temporaryFolder('trials');
  file = path.join(folder, 'device-trials.json');
});
afterEach(() => removeFolder(folder));

const hour = 3600 * 1000;

test('what was measured is known to the next run, for a month', () => {
  keepDeviceTrials(file, () => 0).remember('a', { cpu: 20, gpu: 5 });
  expect(keepDeviceTrials(file, () => 29 * 24 * hour).recall('a')).toEqual({ cpu: 20, gpu: 5 });
  expect(keepDeviceTrials(file, () => 31 * 24 * hour).recall('a')).toBeNull();
  expect(keepDeviceTrials(file).recall('b')).toBeNull();
});

test('a run that did not survive the driver keeps the others away from it for a day', () => {
  const dead = (): boolean => false;
  expect(keepDeviceTrials(file, () => 0, dead).enter()).toBe(true);
  expect(keepDeviceTrials(file, () => hour, dead).enter()).toBe(false);
  expect(keepDeviceTrials(file, () => 25 * hour, dead).enter()).toBe(true);
  keepDeviceTrials(file).leave();
  expect(keepDeviceTrials(file, () => 26 * hour, dead).enter()).toBe(true);
});

test('one that has begun and still runs keeps nobody away', async () => {
  expect(keepDeviceTrials(file, () => 0).enter()).toBe(true);
  expect(keepDeviceTrials(file, () => 1).enter()).toBe(true);
  const other = spawn(process.execPath, ['-e', '']);
  await once(other, 'exit');
  const kept = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...kept, by: other.pid }));
  expect(keepDeviceTrials(file, () => hour).enter()).toBe(false);
});

test('a file that cannot be read or written costs a trial, no more', () => {
  writeFileSync(file, '{ "version": 1, "tri');
  const trials = keepDeviceTrials(file);
  expect(trials.recall('a')).toBeNull();
  trials.remember('a', { cpu: 1, gpu: 2 });
  expect(trials.recall('a')).toEqual({ cpu: 1, gpu: 2 });
  const nowhere = keepDeviceTrials(path.join(folder, 'absent', 'file.json'));
  nowhere.remember('a', { cpu: 1, gpu: 2 });
  expect(nowhere.enter()).toBe(true);
  expect(nowhere.recall('a')).toBeNull();
});
