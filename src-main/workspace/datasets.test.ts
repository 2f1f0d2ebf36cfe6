import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleRun, exampleVersion } from '../../tests/runs/support/workspace.ts';
import { openWorkspace } from './open.ts';
import type { Workspace } from './types.ts';

let folder: string;
let workspace: Workspace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltcast-datasets-'));
  workspace = openWorkspace(folder);
});
afterEach(() => {
  workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

test('changed content is a new version, the same content the same version', () => {
  const first = workspace.addDatasetVersion(exampleVersion('plant', 'a'));
  const second = workspace.addDatasetVersion(exampleVersion('plant', 'b'));
  const again = workspace.addDatasetVersion(exampleVersion('plant', 'a'));
  expect([first, second, again].map(({ version, created }) => [version.version, created])).toEqual([
    [1, true],
    [2, true],
    [1, false],
  ]);
  expect(again.version).toEqual(first.version);
  expect(workspace.getDatasetVersion('plant').version).toEqual(second.version);
  expect(workspace.getDatasetVersion('plant', 1)).toMatchObject({
    version: first.version,
    table: 'b'.repeat(64),
  });
  expect(workspace.listDatasetVersions('plant').map(({ version }) => version)).toEqual([2, 1]);
  expect(workspace.listDatasets()).toEqual([{ name: 'plant', versions: 2, latest: second.version, runs: 0 }]);
});

test('a name that is not there names the nearest', () => {
  workspace.addDatasetVersion(exampleVersion('steel_industry'));
  expect(() => workspace.getDatasetVersion('stel_industry')).toThrow(
    expect.objectContaining({ code: 'dataset-not-found', hint: 'Did you mean "steel_industry"?' }),
  );
  expect(() => workspace.getDatasetVersion('steel_industry', 7)).toThrow(
    expect.objectContaining({ code: 'dataset-not-found', hint: 'Versions: 1.' }),
  );
  expect(() => workspace.listDatasetVersions('x')).toThrow(
    expect.objectContaining({ code: 'dataset-not-found' }),
  );
});

test('the target can be another column that is there', () => {
  workspace.addDatasetVersion(exampleVersion());
  expect(workspace.setTarget('plant', 'Temp').target).toBe('Temp');
  expect(workspace.getDatasetVersion('plant').version.target).toBe('Temp');
  expect(() => workspace.setTarget('plant', 'Usage_kwh')).toThrow(
    expect.objectContaining({ code: 'column-not-found', hint: 'Did you mean "Usage_kWh"?' }),
  );
});

test('a dataset in use stays; deleted, its runs, steps and experiment go with it', () => {
  workspace.addDatasetVersion(exampleVersion());
  const run = workspace.createRun(exampleRun());
  expect(() => workspace.deleteDataset('plant')).toThrow(
    expect.objectContaining({ code: 'dataset-in-use', details: { runIds: [run.id] } }),
  );
  workspace.setRunStatus(run.id, 'running', { pid: 1 });
  expect(() => workspace.deleteDataset('plant')).toThrow(expect.objectContaining({ code: 'dataset-in-use' }));
  workspace.setRunStatus(run.id, 'succeeded');
  workspace.promote(run.id);
  workspace.addLogs(run.id, [{ at: 1, step: null, attempt: 1, level: 'info', message: 'x' }]);
  workspace.deleteDataset('plant');
  expect(workspace.listDatasets()).toEqual([]);
  expect(workspace.listExperiments()).toEqual([]);
  expect(workspace.listRuns({ limit: 10, offset: 0 })).toEqual({ runs: [], total: 0 });
  expect(() => workspace.getRun(run.id)).toThrow(expect.objectContaining({ code: 'run-not-found' }));
  expect(workspace.checkHealth().ok).toBe(true);
});
