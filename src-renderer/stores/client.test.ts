import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { call, pathOfFolder } from './client.ts';

/** A real server: the client's own wire format, its errors, and what it does with a body that is no JSON. */
let server: http.Server;
const original = globalThis.fetch;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    if (request.url === '/api/settings.get') response.end(JSON.stringify({ result: { theme: 'dark' } }));
    else if (request.url === '/api/system.info') {
      response.statusCode = 422;
      response.end(JSON.stringify({ error: { code: 'read-only', message: 'no', hint: 'close it' } }));
    } else {
      response.statusCode = 502;
      response.end('<html>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // a page's addresses are relative to its origin; Node has none
  globalThis.fetch = (input, init) => original(new URL(String(input), base), init);
});
afterAll(() => {
  globalThis.fetch = original;
  server.close();
});

test('an answer is its result', async () => {
  expect(await call('settings.get', {})).toEqual({ theme: 'dark' });
});

test('an error of the other side arrives with code and hint', async () => {
  await expect(call('system.info', {})).rejects.toMatchObject({ code: 'read-only', hint: 'close it' });
});

test('a body that is no JSON is an error of its own', async () => {
  await expect(call('datasets.list', {})).rejects.toMatchObject({ code: 'bad-answer' });
});

test('nobody there is said as such', async () => {
  const before = globalThis.fetch;
  globalThis.fetch = () => original('http://127.0.0.1:1/');
  await expect(call('settings.get', {})).rejects.toMatchObject({ code: 'server-unreachable' });
  globalThis.fetch = before;
});

test.each([
  ['/home/me/chronos-2/config.json', 'chronos-2/config.json', '/home/me/chronos-2'],
  ['C:\\models\\chronos-2\\onnx\\a.onnx', 'chronos-2/onnx/a.onnx', 'C:\\models\\chronos-2'],
])('a folder that was chosen is known by a file in it: %s', (path, inside, folder) => {
  const file = Object.assign(new File([], 'x'), { webkitRelativePath: inside });
  expect(pathOfFolder([file])).toBe(null);
  vi.stubGlobal('window', { voltcast: { pathForFile: () => path } });
  expect(pathOfFolder([file])).toBe(folder);
  expect(pathOfFolder([])).toBe(null);
  vi.unstubAllGlobals();
});
