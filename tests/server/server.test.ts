import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../src-main/server/server.ts';
import { startServer } from '../../src-main/server/server.ts';
import { createApp } from '../../src-main/services/app.ts';
import type { App } from '../../src-main/services/app.ts';
import { pagesFolder, removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

let folder: string;
let app: App;
let server: RunningServer;
beforeAll(async () => {
  folder = temporaryFolder('server');
  app = createApp({
    workspacePath: path.join(folder, 'workspace'),
    mode: 'browser',
    version: '0.0.0-test',
    printPdf: async () => undefined,
  });
  server = await startServer(app, { port: 0, staticFolder: pagesFolder });
});
afterAll(async () => {
  await server.close();
  await app.close();
  removeFolder(folder);
});

const at = (place: string): string => `http://127.0.0.1:${server.port}${place}`;
const withToken = (more: Record<string, string> = {}): Record<string, string> => ({
  cookie: `voltcast=${server.token}`,
  ...more,
});
async function call(
  name: string,
  input: unknown,
  headers = withToken(),
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(at(`/api/${name}`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
/** fetch refuses to set Host, so these requests are made by hand */
function rawStatus(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    http
      .get({ port: server.port, host: '127.0.0.1', path: '/', headers }, (response) =>
        resolve(response.resume().statusCode),
      )
      .on('error', reject);
  });
}

describe('access', () => {
  test('the address with the token sets a cookie and hides the token', async () => {
    const response = await fetch(server.address, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/');
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    const page = await fetch(at('/'), { headers: withToken() });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  test('without the token nothing is served', async () => {
    for (const place of ['/', '/index.html', '/events', '/download/report/x', '/?token=wrong'])
      expect([place, (await fetch(at(place))).status]).toEqual([place, 401]);
    expect((await call('settings.get', {}, {})).status).toBe(401);
    expect((await call('settings.get', {}, { cookie: 'voltcast=wrong' })).status).toBe(401);
  });

  test('a foreign host name or origin is refused even with the token', async () => {
    expect(await rawStatus({ ...withToken(), host: 'evil.example' })).toBe(403);
    expect(await rawStatus({ ...withToken(), host: `127.0.0.1:${server.port}` })).toBe(200);
    expect((await call('settings.get', {}, withToken({ origin: 'https://evil.example' }))).status).toBe(403);
    expect((await call('settings.get', {}, withToken({ origin: at('') }))).status).toBe(200);
  });

  test('files outside the pages are not served', async () => {
    for (const place of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json'])
      expect((await fetch(at(place), { headers: withToken() })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('calls', () => {
  test('answers and errors are data', async () => {
    expect((await call('settings.set', { theme: 'dark' })).body).toMatchObject({ result: { theme: 'dark' } });
    expect(await call('no.such.call', {})).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown-call' } },
    });
    expect(await call('__proto__', {})).toMatchObject({ status: 404 });
    expect(await call('settings.set', { theme: 'pink' })).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid-input', place: { key: 'theme' } } },
    });
    expect(await call('settings.set', { unknown: 1 })).toMatchObject({ status: 422 });
    for (const wrong of [
      { thorough: true, recipes: ['linear'] },
      { thorough: 'yes', portfolio: true },
    ])
      expect(await call('runs.start', { dataset: 'office', ...wrong })).toMatchObject({
        status: 422,
        body: { error: { code: 'invalid-input', place: { key: 'thorough' } } },
      });
  });

  test('paths of the machine are out of reach', async () => {
    expect(await call('datasets.preview', { file: '/etc/passwd' })).toMatchObject({
      status: 403,
      body: { error: { code: 'path-not-allowed' } },
    });
    expect(await call('models.export', { id: 'x', out: '/tmp/x' })).toMatchObject({
      status: 403,
      body: { error: { code: 'path-not-allowed' } },
    });
    expect(await call('models.export', { id: 'x', features: '/tmp/x' })).toMatchObject({
      status: 403,
      body: { error: { code: 'path-not-allowed' } },
    });
  });

  test('an uploaded file is previewed, imported, announced, and then gone', async () => {
    const csv = fs.readFileSync(writeOfficeCsv(folder, 30));
    const stream = await fetch(at('/events'), { headers: withToken() });
    const sent = await fetch(at('/upload?name=office.csv'), {
      method: 'POST',
      headers: withToken({ 'content-type': 'application/octet-stream' }),
      body: csv,
    });
    const { file } = (await sent.json()) as { file: string };
    expect(file).toMatch(/^upload:/);
    expect((await call('datasets.preview', { file })).body).toMatchObject({
      result: { rows: 30 * 24, target: 'load_kWh', frequency: 'PT1H' },
    });
    expect((await call('datasets.import', { file })).body).toMatchObject({
      result: { dataset: 'office', version: 1, created: true },
    });
    expect(await call('datasets.preview', { file })).toMatchObject({ status: 404 });

    const reader = stream.body!.getReader();
    let heard = '';
    while (!heard.includes('"type":"dataset"'))
      heard += Buffer.from((await reader.read()).value ?? []).toString();
    await reader.cancel();
    const chart = (await call('datasets.series', { dataset: 'office', column: 'load_kWh', points: 100 }))
      .body as { result: { t: number[]; max: number[] } };
    expect(chart.result.t.length).toBeGreaterThan(50);
    expect(chart.result.t.length).toBeLessThanOrEqual(110);
  });
});
