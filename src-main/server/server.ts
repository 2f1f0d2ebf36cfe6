/**
 * @file Browser mode: the built pages, the API over HTTP, and events as a stream, on loopback only.
 * Everything but a refusal needs the token of this start, given once in the address and then kept in a cookie.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, toErrorData } from '../../src-preload/contract/index.ts';
import type { ErrorData } from '../../src-preload/contract/index.ts';
import { createApi } from '../api/router.ts';
import { downloadFile } from '../api/downloads.ts';
import type { Api } from '../api/router.ts';
import type { App } from '../services/app.ts';
import {
  cookieName,
  cookieValue,
  isLoopbackHost,
  isOwnOrigin,
  newToken,
  sameToken,
  securityHeaders,
} from './access.ts';
import { createUploads } from './uploads.ts';
import type { Uploads } from './uploads.ts';

export interface ServerOptions {
  /** 0: any free port */
  readonly port: number;
  /** the built pages */
  readonly staticFolder: string;
}

export interface RunningServer {
  readonly port: number;
  /** with the token */
  readonly address: string;
  readonly token: string;
  close(): Promise<void>;
}

const maxBodyBytes = 8 * 1024 * 1024;
const keepAliveMs = 20_000;

/** HTTP status of an error: 4xx is the caller's, 5xx ours. */
function statusOf(error: ErrorData): number {
  if (error.code === 'unknown-call' || error.code.endsWith('-not-found') || error.code === 'upload-missing')
    return 404;
  if (error.code === 'read-only' || error.code === 'path-not-allowed') return 403;
  if (error.code === 'internal') return 500;
  if (error.code === 'disk-full') return 507;
  return 422;
}

const refuse = (reply: FastifyReply, status: number, code: string, message: string): FastifyReply =>
  reply.code(status).send({ error: { code, message } });

/** @throws AppError `port-in-use`, `pages-not-built` */
export async function startServer(app: App, options: ServerOptions): Promise<RunningServer> {
  if (!fs.existsSync(path.join(options.staticFolder, 'index.html')))
    throw new AppError({
      code: 'pages-not-built',
      message: 'The pages are not built yet.',
      hint: 'Run `npm start`, which builds them.',
    });
  const token = newToken();
  const server = Fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true });
  const uploads = createUploads(path.join(app.workspace.path, 'incoming'), () => app.workspace.freeBytes());
  const api = createApi(app);

  guard(server, token);
  await server.register(fastifyStatic, { root: options.staticFolder, cacheControl: false });
  routeCalls(server, api, uploads);
  routeEvents(server, app, uploads);
  routeFiles(server, app, api, uploads);
  server.setErrorHandler((thrown, _request, reply) => {
    const error = toErrorData(thrown);
    return reply.code(statusOf(error)).send({ error });
  });

  try {
    await server.listen({ host: '127.0.0.1', port: options.port });
  } catch (thrown) {
    if ((thrown as { code?: string }).code === 'EADDRINUSE')
      throw new AppError({
        code: 'port-in-use',
        message: `Port ${options.port} is in use.`,
        hint: 'Choose another with --port, or leave it out.',
      });
    throw thrown;
  }
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { port, token, address: `http://127.0.0.1:${port}/?token=${token}`, close: () => server.close() };
}

/** Host, origin and token, before any route. The token in the address is swapped for a cookie at once, so it leaves the address bar. */
function guard(server: FastifyInstance, token: string): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (!isLoopbackHost(request.headers.host))
      return refuse(reply, 403, 'host-not-allowed', 'This server answers on loopback names only.');
    if (!isOwnOrigin(request.headers.origin, request.headers.host))
      return refuse(reply, 403, 'origin-not-allowed', 'This origin is not allowed.');
    const given = (request.query as { token?: string }).token;
    if (request.method === 'GET' && request.url.startsWith('/?') && sameToken(given, token))
      return reply
        .header('set-cookie', `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`)
        .header('cache-control', 'no-store')
        .redirect('/');
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    if (!sameToken(bearer ?? cookieValue(request.headers.cookie, cookieName), token))
      return refuse(
        reply,
        401,
        'token-missing',
        'Open the address that Voltcast printed at its start; it carries the token.',
      );
    return undefined;
  });
}

/** A browser names files by upload id and gets files by download: paths of this machine stay out of its reach. */
function forBrowser(input: unknown, uploads: Uploads): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const given = input as Record<string, unknown>;
  if ('out' in given || 'features' in given)
    throw new AppError({
      code: 'path-not-allowed',
      message: 'In browser mode files are downloaded, not written to a path.',
    });
  return typeof given['file'] === 'string' ? { ...given, file: uploads.resolve(given['file']) } : input;
}

/** Calls after which a file that was sent is of no use any more. */
const takesUpload: ReadonlySet<string> = new Set([
  'datasets.import',
  'datasets.cancelImport',
  'models.import',
  'models.add',
]);

function routeCalls(server: FastifyInstance, api: Api, uploads: Uploads): void {
  server.post('/api/:name', async (request, reply) => {
    const { name } = request.params as { name: string };
    let input: unknown;
    try {
      input = forBrowser(request.body, uploads);
    } catch (thrown) {
      const error = toErrorData(thrown);
      return reply.code(statusOf(error)).send({ error });
    }
    const answer = await api.answer(name, input);
    if ('error' in answer)
      return reply.code(statusOf(answer.error)).send({ error: uploads.hidePaths(answer.error) });
    const { file: sent } = request.body as { file?: string };
    if (takesUpload.has(name) && sent !== undefined) uploads.discard(sent);
    return name === 'datasets.preview' || name === 'datasets.import' ? uploads.hidePaths(answer) : answer;
  });
}

function routeEvents(server: FastifyInstance, app: App, uploads: Uploads): void {
  server.get('/events', (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      ...securityHeaders,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    stream.write(': open\n\n');
    const stop = app.bus.on((event) => {
      const told =
        event.type === 'import-progress' || event.type === 'model-job' ? uploads.hidePaths(event) : event;
      stream.write(`data: ${JSON.stringify(told)}\n\n`);
    });
    const alive = setInterval(() => stream.write(': alive\n\n'), keepAliveMs);
    request.raw.on('close', () => {
      stop();
      clearInterval(alive);
    });
  });
}

function routeFiles(server: FastifyInstance, app: App, api: Api, uploads: Uploads): void {
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  server.post('/upload', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request) => {
    const { name = 'file.csv' } = request.query as { name?: string };
    if (app.workspace.readOnly)
      throw new AppError({ code: 'read-only', message: 'The workspace is read-only.' });
    const length = Number(request.headers['content-length']);
    return {
      file: await uploads.receive(name, request.body as Readable, Number.isFinite(length) ? length : null),
    };
  });

  server.get('/download/:kind/:id', async (request, reply) => {
    const { kind, id } = request.params as { kind: string; id: string };
    const { format } = request.query as { format?: string };
    const made = await downloadFile(app, api, kind, id, format);
    const name = path.basename(made).replaceAll(/[^\w.-]/g, '_');
    return reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('application/octet-stream')
      .send(fs.createReadStream(made));
  });
}
