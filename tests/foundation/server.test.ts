/** The way of the pages: an archive that is sent becomes a model, paths of this machine stay out of reach, events tell. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppEvent } from '../../src-preload/contract/index.ts';
import { createApi } from '../../src-main/api/router.ts';
import { startServer } from '../../src-main/server/server.ts';
import type { RunningServer } from '../../src-main/server/server.ts';
import { createApp } from '../../src-main/services/app.ts';
import type { App } from '../../src-main/services/app.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { boltFiles, writeFiles } from '../support/foundation-model.ts';

let root: string;
let app: App;
let server: RunningServer;
const events: AppEvent[] = [];
beforeEach(async () => {
  root = temporaryFolder('foundation-server');
  vi.stubEnv('VOLTCAST_MODELS', path.join(root, 'models'));
  const pages = path.join(root, 'pages');
  mkdirSync(pages);
  writeFileSync(path.join(pages, 'index.html'), '');
  app = createApp({
    workspacePath: path.join(root, 'workspace'),
    mode: 'browser',
    version: '0',
    printPdf: () => Promise.resolve(),
  });
  app.bus.on((event) => events.push(event));
  server = await startServer(app, { port: 0, staticFolder: pages });
});
afterEach(async () => {
  await server.close();
  await app.close();
  vi.unstubAllEnvs();
  removeFolder(root);
});

const ask = async (where: string, body: unknown): Promise<Record<string, unknown>> => {
  const raw = body instanceof Uint8Array;
  const response = await fetch(`http://127.0.0.1:${server.port}/${where}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.token}`,
      'content-type': raw ? 'application/octet-stream' : 'application/json',
    },
    body: raw ? Buffer.from(body) : JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
};

test('an archive that is sent is added and not kept', async () => {
  writeFiles(path.join(root, 'in', 'chronos-bolt-tiny'), boltFiles());
  const archive = path.join(root, 'chronos-bolt-tiny.tgz');
  await create({ cwd: path.join(root, 'in'), file: archive, gzip: true }, ['chronos-bolt-tiny']);
  const { file } = await ask('upload?name=chronos-bolt-tiny.tgz', readFileSync(archive));
  expect(await ask('api/models.add', { file, job: 'j' })).toMatchObject({
    result: { name: 'amazon/chronos-bolt-tiny', added: true },
  });
  expect(readdirSync(path.join(root, 'workspace', 'incoming'))).toEqual([]);
  const phases = events.flatMap((event) => (event.type === 'model-job' ? event.job.phase : []));
  expect(phases).toEqual(expect.arrayContaining(['reading', 'checking', 'done']));
  const listed = await ask('api/models.library', {});
  expect(listed).toMatchObject({ result: { adding: [], folder: path.join(root, 'models') } });
  expect(await ask('api/models.remove', { name: 'amazon/chronos-bolt-tiny' })).toEqual({
    result: { ok: true },
  });
  expect(existsSync(path.join(root, 'models', 'amazon--chronos-bolt-tiny'))).toBe(false);
});

test('a second instance that may only read adds and removes: models lie outside of the workspace', async () => {
  const second = createApp({ ...app.options, readOnly: true });
  const api = createApi(second);
  const file = writeFiles(path.join(root, 'plant-model'), boltFiles());
  expect(await api.call('models.add', { file })).toMatchObject({ name: 'plant-model', added: true });
  expect(await api.call('models.remove', { name: 'plant-model' })).toEqual({ ok: true });
  expect(await api.answer('recipes.save', { name: 'x', text: '' })).toMatchObject({
    error: { code: 'read-only' },
  });
  await second.close();
});

test('a path of this machine, a bad upload and a bad address are refused', async () => {
  expect(await ask('api/models.add', { file: path.join(root, 'in') })).toMatchObject({
    error: { code: 'path-not-allowed' },
  });
  const { file } = await ask('upload?name=x.zip', new TextEncoder().encode('no archive'));
  const { error } = (await ask('api/models.add', { file })) as { error: { code: string; message: string } };
  expect(error.code).toBe('archive-broken');
  expect(JSON.stringify(error)).not.toContain(root);
  expect(await ask('api/settings.set', { proxy: 'ftp://x' })).toMatchObject({
    error: { code: 'invalid-input' },
  });
  expect(await ask('api/settings.set', { proxy: 'proxy.local:3128' })).toMatchObject({
    result: { proxy: 'proxy.local:3128', modelMirror: null },
  });
  expect(await ask('api/models.add', {})).toMatchObject({ error: { code: 'invalid-option' } });
});
