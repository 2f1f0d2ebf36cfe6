/** Foundation models by the command line: from a hub, from an archive, and away again. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { create } from 'tar';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openCli } from '../support/cli.ts';
import { startHub } from '../support/fake-hub.ts';
import type { FakeHub } from '../support/fake-hub.ts';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files, t5Files, writeFiles } from '../support/foundation-model.ts';

let folder: string;
let hub: FakeHub;
const models = (): string[] => ['--models', path.join(folder, 'models')];
const voltcast = (...args: string[]) => openCli(folder, 30_000).run('models', ...args, ...models());
const json = (...args: string[]) => openCli(folder, 30_000).json('models', ...args, ...models());

beforeAll(async () => {
  // the hub of these tests is on this machine, whatever proxy it has
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  vi.stubEnv('no_proxy', '127.0.0.1');
  folder = temporaryFolder('cli-library');
  hub = await startHub({
    'amazon/chronos-2': chronos2Files(),
    'some/other': chronos2Files({ licence: 'cc-by-nc-4.0' }),
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  removeFolder(folder);
});

test('added from the hub, listed, removed', async () => {
  const shown = await voltcast('add', 'amazon/chronos-2', '--mirror', hub.address);
  expect(shown.err).toBe('');
  expect(shown.out).toMatch(/licence: apache-2\.0[\s\S]*checkpoint: amazon\/chronos-2/);
  expect(await json('add', 'amazon/chronos-2', '--mirror', hub.address)).toMatchObject({ added: false });
  const listed = (await json('library')) as {
    models: { name: string; builtIn: boolean }[];
    official: unknown[];
  };
  expect(listed.models.filter(({ builtIn }) => !builtIn).map(({ name }) => name)).toEqual([
    'amazon/chronos-2',
  ]);
  expect(listed.official.length).toBeGreaterThan(5);
  expect((await voltcast('library')).out).toContain('amazon/chronos-bolt-small');
  expect(await json('remove', 'amazon/chronos-2')).toEqual({ ok: true });
  expect((await voltcast('remove', 'amazon/chronos-2')).err).toContain('model-not-found');
}, 60_000);

test('a licence that has to be accepted: one clear line, then with the option', async () => {
  const refused = await voltcast('add', 'some/other', '--mirror', hub.address);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/\[licence-not-accepted\].*cc-by-nc-4\.0[\s\S]*--accept-license/);
  expect(await json('add', 'some/other', '--mirror', hub.address, '--accept-license')).toMatchObject({
    added: true,
  });
}, 60_000);

test('an archive, without any network', async () => {
  writeFiles(path.join(folder, 'in', 'chronos-t5-small'), t5Files());
  await create(
    { cwd: path.join(folder, 'in'), file: path.join(folder, 'chronos-t5-small.tar.gz'), gzip: true },
    ['chronos-t5-small'],
  );
  expect(await json('add', 'chronos-t5-small.tar.gz')).toMatchObject({
    name: 'amazon/chronos-t5-small',
    added: true,
  });
  const broken = await voltcast('add', './in/nothing');
  expect(broken).toMatchObject({ code: 1, out: '' });
  expect(broken.err).toContain('file-not-found');
}, 60_000);

// Windows has no signal that a process may answer
test.skipIf(process.platform === 'win32')(
  'Ctrl-C: one sentence, what arrived is kept, and the next time goes on from there',
  async () => {
    const weights = chronos2Files()['model.safetensors']!;
    const half = weights.length >> 1;
    hub.asked.length = 0;
    let sent = (): void => undefined;
    const halfSent = new Promise<void>((resolve) => (sent = resolve));
    hub.misbehave = (request, response, server) => {
      if (server !== 'cdn' || request.headers.range !== undefined) return false;
      response.writeHead(200, { 'content-length': weights.length });
      response.write(weights.subarray(0, half), () => sent());
      return true;
    };
    const entry = path.join(projectRoot, 'src-main', 'cli', 'main.ts');
    const args = ['models', 'add', 'amazon/chronos-2', '--mirror', hub.address, '--json', ...models()];
    const child = spawn(process.execPath, [entry, ...args, '--workspace', path.join(folder, 'workspace')], {
      cwd: folder,
      timeout: 30_000,
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await halfSent;
    const part = path.join(folder, 'models', '.incoming');
    await expect
      .poll(() => fs.readdirSync(part, { recursive: true }).some((name) => String(name).endsWith('.part')), {
        timeout: 10_000,
      })
      .toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'download-cancelled' } });
    await json('add', 'amazon/chronos-2', '--mirror', hub.address);
    expect(hub.asked.filter(({ server }) => server === 'cdn').at(-1)!.headers.range).toBe(`bytes=${half}-`);
  },
  60_000,
);
