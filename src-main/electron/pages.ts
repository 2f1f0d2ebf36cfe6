/** @file `voltcast://app/…`: the built pages and downloads, read from fixed places only. */
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { toErrorData } from '../../src-preload/contract/index.ts';
import { downloadFile } from '../api/downloads.ts';
import { contentSecurityPolicy } from '../api/page-policy.ts';
import type { Api } from '../api/router.ts';
import type { App } from '../services/app.ts';
import { origin } from './platform.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const text = (status: number, message: string): Response =>
  new Response(message, { status, headers: { 'content-type': 'text/plain' } });

/** File of a page's address inside `folder`; null for an address that points outside it or at nothing. */
export function pageFile(folder: string, pathname: string): string | null {
  let relative: string;
  try {
    relative = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  const file = path.resolve(folder, `.${path.posix.normalize(relative === '/' ? '/index.html' : relative)}`);
  if (!file.startsWith(path.resolve(folder) + path.sep)) return null;
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/** Answers requests of the app's own scheme. */
export function createPageHandler(
  folder: string,
  app: App,
  api: Api,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (`${url.protocol}//${url.host}` !== origin || request.method !== 'GET')
      return text(403, 'not allowed');
    const download = /^\/download\/([^/]+)\/([^/]+)$/.exec(url.pathname);
    if (download !== null) {
      try {
        const file = await downloadFile(
          app,
          api,
          download[1]!,
          decodeURIComponent(download[2]!),
          url.searchParams.get('format') ?? undefined,
        );
        const name = path.basename(file).replaceAll(/[^\w.-]/g, '_');
        return new Response(Readable.toWeb(fs.createReadStream(file)) as ReadableStream, {
          headers: {
            'content-type': 'application/octet-stream',
            'content-disposition': `attachment; filename="${name}"`,
          },
        });
      } catch (thrown) {
        return text(404, toErrorData(thrown).message);
      }
    }
    const file = pageFile(folder, url.pathname);
    if (file === null) return text(404, 'not found');
    return new Response(new Uint8Array(fs.readFileSync(file)), {
      headers: {
        'content-type': types[path.extname(file)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
      },
    });
  };
}
