import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppError } from '../../../src-preload/contract/index.ts';
import { downloadFile } from './download.ts';
import type { DownloadOptions, RemoteFile } from './download.ts';

const content = randomBytes(300_000);
let folder = '';
let server: Server;
let asked: (string | undefined)[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

/** As a good server does it. */
const serve = (request: IncomingMessage, response: ServerResponse, body: Buffer = content): void => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0)
    response.writeHead(206, { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` });
  response.end(body.subarray(from));
};

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'voltcast-download-'));
  asked = [];
  answer = serve;
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const target = (): string => path.join(folder, 'models', 'model.safetensors');
const remote = (): RemoteFile => ({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.safetensors`,
  size: content.length,
  hash: { kind: 'sha256', hex: createHash('sha256').update(content).digest('hex') },
});
const get = (options: DownloadOptions = {}, file = remote()): Promise<void> =>
  downloadFile(file, target(), { pauseMs: 1, ...options });
const failure = async (work: Promise<unknown>): Promise<AppError> => {
  try {
    await work;
  } catch (thrown) {
    return thrown as AppError;
  }
  throw new Error('nothing was thrown');
};

test('a file arrives whole, with progress, and is not fetched again', async () => {
  const seen: number[] = [];
  await get({ progress: (bytes) => seen.push(bytes) });
  expect(readFileSync(target()).equals(content)).toBe(true);
  expect(seen.at(-1)).toBe(content.length);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  await get();
  expect(asked).toHaveLength(1);
  expect(existsSync(`${target()}.part`)).toBe(false);
});

test("Git's checksum of small files is understood", async () => {
  const hex = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  await get({}, { ...remote(), hash: { kind: 'git', hex } });
  expect(
    (await failure(downloadFile({ ...remote(), hash: { kind: 'git', hex: '0'.repeat(40) } }, `${target()}2`)))
      .code,
  ).toBe('download-wrong');
});

test('a line that drops again and again: each time it goes on where it was', async () => {
  const piece = 40_000;
  let current: ServerResponse | null = null;
  answer = (request, response) => {
    current = response;
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    response.write(content.subarray(from, from + piece));
    if (from + piece >= content.length) response.end();
  };
  // the line drops when the piece has arrived
  await get({ progress: (bytes) => bytes % piece === 0 && current?.destroy() });
  expect(readFileSync(target()).equals(content)).toBe(true);
  expect(asked).toEqual([undefined, ...Array.from({ length: 7 }, (_, i) => `bytes=${(i + 1) * piece}-`)]);
});

test('a server that knows no parts is read from the beginning', async () => {
  let first = true;
  answer = (_, response) => {
    if (first) {
      first = false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 5));
    } else response.end(content);
  };
  await get();
  expect(readFileSync(target()).equals(content)).toBe(true);
});

test('a line that stays dead: an error with what arrived kept, and the next download goes on', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 70_000));
  };
  const cut = (): void => {
    answer = (_, response) => void response.destroy();
    server.closeAllConnections();
  };
  const error = await failure(get({ attempts: 3, progress: cut }));
  expect(error).toMatchObject({ code: 'download-broken', hint: expect.stringContaining('kept') as string });
  expect(existsSync(target())).toBe(false);
  const kept = statSync(`${target()}.part`).size;
  expect(kept).toBeGreaterThan(0);
  answer = serve;
  asked = [];
  await get();
  expect(asked).toEqual([`bytes=${kept}-`]);
  expect(readFileSync(target()).equals(content)).toBe(true);
});

test('a silent server counts as a broken line', async () => {
  answer = () => undefined;
  expect((await failure(get({ attempts: 2, silenceMs: 50 }))).message).toContain('nothing came');
});

test('damaged bytes are refused after a second try, and nothing stays', async () => {
  const damaged = Buffer.from(content);
  damaged[1234] ^= 1;
  answer = (request, response) => serve(request, response, damaged);
  expect((await failure(get())).code).toBe('download-wrong');
  expect(asked).toHaveLength(2);
  expect(existsSync(target())).toBe(false);
  expect(existsSync(`${target()}.part`)).toBe(false);
});

test('damaged bytes of an earlier try are mended by a whole new one', async () => {
  await get();
  const good = readFileSync(target());
  rmSync(target());
  good[7] ^= 1;
  writeFileSync(`${target()}.part`, good.subarray(0, 100_000));
  await get();
  expect(readFileSync(target()).equals(content)).toBe(true);
});

test.each([
  ['longer than announced', (r: ServerResponse) => r.end(Buffer.concat([content, content]))],
  [
    'another part than asked for',
    (r: ServerResponse) => {
      r.writeHead(206, { 'content-range': `bytes 5-${content.length - 1}/${content.length}` });
      r.end(content.subarray(5));
    },
  ],
  [
    'another length in its header',
    (r: ServerResponse) => {
      r.writeHead(206, { 'content-range': `bytes 0-9/10` });
      r.end(content.subarray(0, 10));
    },
  ],
])('a server that lies, %s, is refused', async (_, lie) => {
  answer = (__, response) => void lie(response);
  expect((await failure(get())).code).toBe('download-wrong');
  expect(existsSync(target())).toBe(false);
});

test('what the server forbids is said at once', async () => {
  answer = (_, response) => void response.writeHead(403).end();
  expect(await failure(get())).toMatchObject({ code: 'download-refused', details: { status: 403 } });
  expect(asked).toHaveLength(1);
});

test('a server in trouble is asked again', async () => {
  let left = 2;
  answer = (request, response) =>
    left-- > 0 ? void response.writeHead(503).end() : serve(request, response);
  await get();
  expect(asked).toHaveLength(3);
});

test('cancelling keeps what arrived', async () => {
  const stop = new AbortController();
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 60_000));
  };
  const error = await failure(get({ signal: stop.signal, progress: () => stop.abort() }));
  expect(error.code).toBe('download-cancelled');
  expect(statSync(`${target()}.part`).size).toBeGreaterThan(0);
});
