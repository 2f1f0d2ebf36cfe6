/** Models of the hub: from the list of files to a model that opens, over lines and from servers as they are. */
import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppError, AppEvent, ModelJob } from '../../src-preload/contract/index.ts';
import { connectHub } from '../../src-main/services/foundation/network.ts';
import { openFoundationModel } from '../../src-main/services/foundation/open.ts';
import { createFoundationService } from '../../src-main/services/foundation/service.ts';
import type { FoundationService } from '../../src-main/services/foundation/service.ts';
import { startHub, startProxy } from '../support/fake-hub.ts';
import type { FakeHub, FakeProxy } from '../support/fake-hub.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files, t5Files, sha256, writeFiles } from '../support/foundation-model.ts';

let root: string;
let hub: FakeHub;
let proxy: FakeProxy | null = null;
let events: ModelJob[];
function roomFor(bytes: number): boolean {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize > bytes + 1e8;
}

const model = 'amazon/chronos-2';
const files = chronos2Files();

beforeEach(async () => {
  root = temporaryFolder('foundation-hub');
  hub = await startHub({
    [model]: { ...files, 'pytorch_model.bin': new Uint8Array(9), 'train.py': new Uint8Array(3) },
    'amazon/chronos-t5-small': t5Files(),
    'some/llama': { 'config.json': new TextEncoder().encode('{"architectures":["LlamaForCausalLM"]}') },
    'some/other': chronos2Files({ licence: 'cc-by-nc-4.0', seed: 3 }),
  });
  events = [];
  // what the machine says about proxies and tokens is not what is tested
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'HF_TOKEN', 'HF_ENDPOINT'])
    for (const spelling of [name, name.toLowerCase()]) vi.stubEnv(spelling, undefined);
});
afterEach(async () => {
  await hub.close();
  await proxy?.close();
  proxy = null;
  vi.unstubAllEnvs();
  removeFolder(root);
});

const folders = () => ({ own: path.join(root, 'own'), builtIn: path.join(root, 'app') });
const service = (settings: { proxy?: string; modelMirror?: string } = {}): FoundationService =>
  createFoundationService({
    folders: folders(),
    version: '0',
    settings: () => ({ proxy: null, modelMirror: hub.address, ...settings }),
    emit: (event: AppEvent) => {
      if (event.type === 'model-job') events.push(event.job);
    },
    retry: { attempts: 3, pauseMs: 1, silenceMs: 2000 },
  });
const add = (name = model, more: { acceptLicence?: boolean } = {}) =>
  service().add({ model: name, acceptLicence: false, ...more });
const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(thrown).toMatchObject({ name: 'AppError' });
  expect((thrown as AppError).message).not.toContain('\n');
  return thrown as AppError;
};
const left = (): string[] =>
  existsSync(folders().own) ? readdirSync(folders().own).filter((name) => name !== '.incoming') : [];

test('only what is needed comes, checked and with a manifest, and it is there once', async () => {
  const offer = await service().lookup({ model });
  expect(offer).toMatchObject({
    kind: 'chronos-2',
    commit: hub.commit,
    licence: { id: 'apache-2.0', permissive: true },
    installed: false,
  });
  const added = await add();
  expect(added).toMatchObject({
    name: model,
    kind: 'chronos-2',
    added: true,
    commit: hub.commit,
    problem: null,
  });
  const opened = openFoundationModel(model, { folders: folders() });
  expect(readdirSync(opened.folder).sort()).toEqual([
    'README.md',
    'config.json',
    'model.safetensors',
    'voltcast-model.json',
  ]);
  expect(opened.manifest).toMatchObject({ revision: 'main', source: { from: 'hub', name: hub.address } });
  expect(opened.manifest!.files.find(({ path: file }) => file === 'model.safetensors')!.sha256).toBe(
    sha256(files['model.safetensors']!),
  );
  expect(hub.asked.filter(({ url }) => /pytorch|train\.py/.test(url))).toEqual([]);
  expect(events.map(({ phase }) => phase)).toEqual(
    expect.arrayContaining(['asking', 'downloading', 'checking', 'done']),
  );
  expect(events.at(-1)).toMatchObject({ phase: 'done', error: null });

  const before = hub.asked.length;
  expect(await add()).toMatchObject({ added: false });
  // the list and config.json, which is behind a redirect
  expect(hub.asked.slice(before).map(({ url }) => url.replace(/^.*\/(?=[^/]+$)/, ''))).toEqual([
    'main?blobs=true',
    'config.json',
    'config.json?cache',
  ]);
  expect(readdirSync(path.join(folders().own, '.incoming'))).toEqual([]);
});

test('an older family, a branch with a slash, and a model that moved on', async () => {
  expect(await add('amazon/chronos-t5-small@refs/pr/1')).toMatchObject({
    kind: 'chronos-t5',
    revision: 'refs/pr/1',
  });
  await add();
  hub.models.set(model, chronos2Files({ seed: 5 }));
  const next = 'f'.repeat(40);
  hub.edit = (answer) => ({ ...answer, sha: next });
  // the fake knows one commit: its contents are asked for by that
  hub.misbehave = (request) => {
    request.url = request.url?.replace(next, hub.commit);
    return false;
  };
  expect(await add()).toMatchObject({ added: true, commit: next });
  expect(openFoundationModel(model, { folders: folders() }).manifest!.commit).toBe(next);
  expect(left().sort()).toEqual(['amazon--chronos-2', 'amazon--chronos-t5-small']);
});

test('weights in several files become one', async () => {
  const whole = Buffer.from(files['model.safetensors']!);
  const length = Number(whole.readBigUInt64LE());
  const header = JSON.parse(whole.subarray(8, 8 + length).toString()) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  const shardOf = (part: readonly string[]): Uint8Array => {
    let at = 0;
    const own: Record<string, unknown> = {};
    const bodies = part.map((name) => {
      const [from, to] = header[name]!.data_offsets;
      own[name] = { ...header[name], data_offsets: [at, (at += to - from)] };
      return whole.subarray(8 + length + from, 8 + length + to);
    });
    const json = Buffer.from(JSON.stringify(own));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([start, json, ...bodies]);
  };
  const half = names.length >> 1;
  const shards = {
    'model-00001-of-00002.safetensors': shardOf(names.slice(0, half)),
    'model-00002-of-00002.safetensors': shardOf(names.slice(half)),
  };
  const map = Object.fromEntries(names.map((name, i) => [name, Object.keys(shards)[i < half ? 0 : 1]!]));
  const { 'model.safetensors': _, ...rest } = files;
  const index = new TextEncoder().encode(JSON.stringify({ metadata: {}, weight_map: map }));
  hub.models.set(model, { ...rest, ...shards, 'model.safetensors.index.json': index });
  expect(await add()).toMatchObject({ added: true, problem: null });
  const { folder, manifest } = openFoundationModel(model, { folders: folders() });
  expect(manifest!.files.map(({ path: file }) => file)).toEqual([
    'README.md',
    'config.json',
    'model.safetensors',
  ]);
  expect(statSync(path.join(folder, 'model.safetensors')).size).toBeGreaterThan(whole.length - length);
});

test('a licence that may forbid something has to be accepted; nothing is downloaded before', async () => {
  const error = await failure(add('some/other'));
  expect(error).toMatchObject({ code: 'licence-not-accepted', details: { licence: { id: 'cc-by-nc-4.0' } } });
  expect(error.hint).toContain('--accept-license');
  expect(hub.asked.some(({ server }) => server === 'cdn')).toBe(false);
  expect(await add('some/other', { acceptLicence: true })).toMatchObject({
    added: true,
    licence: { permissive: false },
  });
});

test('a line that drops, and a download that is cancelled, go on where they were', async () => {
  const size = files['model.safetensors']!.length;
  const half = size >> 1;
  const drop = (): void => {
    hub.misbehave = (request, response, server) => {
      if (server !== 'cdn' || request.headers.range !== undefined) return false;
      response.writeHead(200, { 'content-length': size });
      response.write(files['model.safetensors']!.subarray(0, half), () =>
        setTimeout(() => response.destroy(), 20),
      );
      return true;
    };
  };
  drop();
  await add();
  expect(hub.asked.filter(({ server }) => server === 'cdn').map(({ headers }) => headers.range)).toEqual([
    undefined,
    `bytes=${half}-`,
  ]);

  const own = service();
  own.remove(model);
  hub.asked.length = 0;
  hub.misbehave = (request, response, server) => {
    if (server !== 'cdn' || request.headers.range !== undefined) return false;
    response.writeHead(200, { 'content-length': size });
    response.write(files['model.safetensors']!.subarray(0, half));
    setTimeout(() => void own.cancel('mine'), 50);
    return true;
  };
  const adding = failure(own.add({ model, acceptLicence: false, job: 'mine' }));
  expect((await adding).code).toBe('download-cancelled');
  expect(own.library()).toMatchObject({ models: [], adding: [] });
  expect(events.at(-1)).toMatchObject({
    job: 'mine',
    phase: 'failed',
    error: { code: 'download-cancelled' },
  });
  await own.add({ model, acceptLicence: false });
  expect(hub.asked.filter(({ server }) => server === 'cdn').at(-1)!.headers.range).toBe(`bytes=${half}-`);
});

test('two at once: the second is told, and the model is whole', async () => {
  const own = service();
  const first = own.add({ model, acceptLicence: false });
  expect((await failure(own.add({ model, acceptLicence: false }))).code).toBe('model-busy');
  // another process: no common list of jobs, only the folder
  const second = service().add({ model, acceptLicence: false });
  const results = await Promise.allSettled([first, second]);
  const codes = results.map((one) => (one.status === 'fulfilled' ? 'ok' : (one.reason as AppError).code));
  expect(codes[0]).toBe('ok');
  expect(['ok', 'model-busy']).toContain(codes[1]);
  expect(openFoundationModel(model, { folders: folders() }).kind).toBe('chronos-2');
});

test.each<[string, () => void, string, RegExp]>([
  [
    'another content than its checksum',
    () => {
      const list = new Map(hub.models);
      hub.edit = (answer) => answer;
      hub.misbehave = (_, response, server) => {
        if (server !== 'cdn') return false;
        const changed = Buffer.from(list.get(model)!['model.safetensors']!);
        changed[changed.length - 1]! ^= 1;
        response.end(changed);
        return true;
      };
    },
    'download-wrong',
    /checksum/,
  ],
  [
    'another config.json than its checksum',
    () => {
      hub.misbehave = (request, response) => {
        if (!request.url!.endsWith('config.json?cache')) return false;
        response.end(Buffer.from(files['config.json']!).toString().replace('"d_model": 8', '"d_model": 9'));
        return true;
      };
    },
    'download-wrong',
    /config\.json.*checksum/,
  ],
  [
    'a file outside of the folder',
    () => {
      hub.edit = (answer) => ({
        ...answer,
        siblings: [
          ...answer.siblings,
          { rfilename: '../../.ssh/authorized_keys', size: 1, blobId: 'a'.repeat(40) },
        ],
      });
    },
    'hub-answer',
    /outside of the model's folder/,
  ],
  [
    'a size that nobody has room for',
    () => {
      hub.edit = (answer) => ({
        ...answer,
        siblings: answer.siblings.map((file) =>
          file['lfs'] ? { ...file, lfs: { ...(file['lfs'] as object), size: 9e14 } } : file,
        ),
      });
    },
    'hub-answer',
    /900000 GB/,
  ],
  [
    'a size that only large disks have room for, and less than that',
    () => {
      hub.edit = (answer) => ({
        ...answer,
        siblings: answer.siblings.map((file) =>
          file['lfs'] ? { ...file, lfs: { ...(file['lfs'] as object), size: 49e9 } } : file,
        ),
      });
    },
    roomFor(49e9) ? 'download-broken' : 'disk-full',
    roomFor(49e9) ? /./ : /MB of free space/,
  ],
  [
    'a list without end',
    () => {
      hub.misbehave = (request, response) => {
        if (!request.url!.startsWith('/api/')) return false;
        response.writeHead(200, { 'content-type': 'application/json' });
        const piece = `{"a":"${'x'.repeat(1 << 20)}`;
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
        return true;
      };
    },
    'hub-answer',
    /more than the \d+ bytes/,
  ],
  [
    'weights without end',
    () => {
      hub.misbehave = (_, response, server) => {
        if (server !== 'cdn') return false;
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 16)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
        return true;
      };
    },
    'download-wrong',
    /longer than/,
  ],
  [
    'redirects without end',
    () => {
      hub.misbehave = (request, response) => {
        if (request.url!.startsWith('/api/')) return false;
        response.writeHead(302, { location: request.url }).end();
        return true;
      };
    },
    'download-refused',
    /redirects more than/,
  ],
  [
    'a redirect to a file of this machine',
    () => {
      hub.misbehave = (_, response) => {
        response.writeHead(302, { location: 'file:///etc/passwd' }).end();
        return true;
      };
    },
    'download-refused',
    /not safe/,
  ],
  [
    'a page for people',
    () => {
      hub.misbehave = (_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>');
        return true;
      };
    },
    'hub-answer',
    /a page and not JSON/,
  ],
  [
    'JSON of another form',
    () => {
      hub.edit = () => ({ models: [] });
    },
    'hub-answer',
    /sha/,
  ],
  [
    'no checksums',
    () => {
      hub.edit = (answer) => ({
        ...answer,
        siblings: answer.siblings.map(({ rfilename, size }) => ({ rfilename, size })),
      });
    },
    'hub-answer',
    /no checksum of config\.json/,
  ],
  [
    'an error of its own',
    () => {
      hub.misbehave = (_, response) => {
        response.writeHead(500).end('oops');
        return true;
      };
    },
    'hub-answer',
    /status 500/,
  ],
  [
    'weights of another model',
    () => {
      hub.models.set(model, {
        ...files,
        'model.safetensors': t5Files()['model.safetensors']!,
      });
    },
    'tensor-file',
    /has no tensor|asks for/,
  ],
  [
    'pickled weights only',
    () => {
      hub.models.set(model, { 'config.json': files['config.json']!, 'pytorch_model.bin': new Uint8Array(9) });
    },
    'checkpoint-incomplete',
    /may run code/,
  ],
])('a hub with %s: one clear line, and no model', async (_, misbehave, code, message) => {
  misbehave();
  const error = await failure(add());
  expect(error.code).toMatch(new RegExp(`^(${code})$`));
  expect(error.message).toMatch(message);
  expect(left()).toEqual([]);
});

test('names that are none, models that are not there, and models of another kind', async () => {
  for (const name of ['chronos-2', 'a/b/c', '../x', 'a/..', 'a/b@../c', 'a b/c', 'a/b?x=1', 'a/b#c', 'con/x'])
    expect((await failure(add(name))).code).toBe('invalid-option');
  expect(hub.asked).toEqual([]);
  expect(await failure(add('amazon/nothing'))).toMatchObject({
    code: 'model-not-on-hub',
    hint: expect.stringContaining('HF_TOKEN') as string,
  });
  expect((await failure(add(`${model}@v99`))).message).toContain('revision v99');
  expect((await failure(add('some/llama'))).message).toContain('LlamaForCausalLM');
});

test('nobody there: the address and what to do without internet', async () => {
  await hub.close();
  const error = await failure(add());
  expect(error.code).toBe('hub-unreachable');
  expect(error.message).toContain('ECONNREFUSED');
  expect(error.hint).toContain('voltcast models add FOLDER_OR_ARCHIVE');
  hub = await startHub({});
});

test('a token goes to the hub that HF_ENDPOINT names and to nobody else', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_secret');
  // a mirror of the settings is not told
  await service().lookup({ model });
  expect(hub.asked.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  hub.asked.length = 0;
  vi.stubEnv('HF_ENDPOINT', hub.address);
  await createFoundationService({
    folders: folders(),
    version: '0',
    settings: () => ({ proxy: null, modelMirror: null }),
    emit: () => undefined,
  }).add({ model, acceptLicence: false });
  const told = (server: string): (string | undefined)[] =>
    hub.asked.filter((one) => one.server === server).map(({ headers }) => headers.authorization);
  expect(new Set(told('hub'))).toEqual(new Set(['Bearer hf_secret']));
  expect(told('cdn')).toEqual([undefined]);
  const { folder } = openFoundationModel(model, { folders: folders() });
  expect(readFileSync(path.join(folder, 'voltcast-model.json'), 'utf8')).not.toContain('hf_secret');
});

test('a proxy with a password is used, for the hub and for where it redirects to', async () => {
  proxy = await startProxy('me:pass word');
  const through = proxy.address.replace('http://', 'http://me:pass%20word@');
  await service({ proxy: through }).add({ model, acceptLicence: false });
  expect(proxy.asked.length).toBeGreaterThan(0);
  const hosts = new Set(proxy.asked.map(({ url }) => /127\.0\.0\.1:\d+/.exec(url)?.[0]));
  expect(hosts.size).toBe(2);

  const refused = await failure(service({ proxy: proxy.address }).lookup({ model }));
  expect(refused.message).not.toContain('word');
  expect(['hub-unreachable', 'hub-answer']).toContain(refused.code);
});

test('HTTP_PROXY and NO_PROXY of the environment hold; the settings win', async () => {
  proxy = await startProxy();
  const ask = async (own: string | null, env: Record<string, string>): Promise<number> => {
    proxy!.asked.length = 0;
    const connection = connectHub({ proxy: own, mirror: hub.address }, '0', env);
    await (await connection.fetch(`${hub.address}/api/models/${model}/revision/main?blobs=true`)).text();
    await connection.close();
    return proxy!.asked.length;
  };
  expect(await ask(null, {})).toBe(0);
  expect(await ask(null, { HTTP_PROXY: proxy.address })).toBe(1);
  expect(await ask(null, { HTTP_PROXY: proxy.address, NO_PROXY: '127.0.0.1' })).toBe(0);
  expect(await ask(proxy.address, { HTTP_PROXY: 'http://127.0.0.1:1' })).toBe(1);
  for (const address of ['socks5://x:1', 'http://', 'not an address'])
    expect(() => connectHub({ proxy: address, mirror: null }, '0', {})).toThrow(/address of the proxy/);
  for (const address of ['ftp://x', 'https://name:password@x', 'https://x/?a=1'])
    expect(() => connectHub({ proxy: null, mirror: address }, '0', {})).toThrow(/address of the mirror/);
});

test('a secure hub is reached through a tunnel: the proxy sees its name and nothing else', async () => {
  proxy = await startProxy();
  vi.stubEnv('HF_TOKEN', 'hf_secret');
  const secure = createFoundationService({
    folders: folders(),
    version: '0',
    settings: () => ({ proxy: proxy!.address, modelMirror: null }),
    emit: () => undefined,
  });
  // of this name there is no host
  vi.stubEnv('HF_ENDPOINT', 'https://hub.invalid');
  expect((await failure(secure.lookup({ model }))).code).toBe('hub-unreachable');
  expect(proxy.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['CONNECT hub.invalid:443']);
  expect(JSON.stringify(proxy.asked)).not.toContain('hf_secret');
});

test('what was added by hand is not what the hub has: a folder of that name gives way to the download', async () => {
  writeFiles(path.join(folders().own, 'amazon--chronos-2'), chronos2Files({ seed: 8 }));
  expect(await add()).toMatchObject({ added: true, commit: hub.commit });
  expect(left()).toEqual(['amazon--chronos-2']);
});
