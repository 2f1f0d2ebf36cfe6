/**
 * @file A server that behaves as the hub does: the list of files at one address, contents behind redirects to a host of their
 * own that knows ranges. And a proxy. Both on this machine, with what they were asked.
 */
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { gitSha, sha256 } from './foundation-model.ts';
import type { ModelFiles } from './foundation-model.ts';

export interface Asked {
  readonly server: 'hub' | 'cdn' | 'proxy';
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface FakeHub {
  readonly address: string;
  readonly asked: Asked[];
  readonly commit: string;
  /** what the next answers are; true: this one was answered */
  misbehave: ((request: IncomingMessage, response: ServerResponse, server: 'hub' | 'cdn') => boolean) | null;
  /** changes the list of files before it is sent */
  edit: ((answer: HubAnswer) => unknown) | null;
  readonly models: Map<string, ModelFiles>;
  close(): Promise<void>;
}

export interface HubAnswer {
  sha: string;
  cardData: Record<string, unknown> | null;
  tags: string[];
  siblings: Record<string, unknown>[];
}

async function listen(listener: RequestListener): Promise<{ server: Server; address: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const stop = (server: Server): Promise<void> => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
};

const isLarge = (name: string): boolean => name.endsWith('.safetensors') || name.endsWith('.onnx');

export async function startHub(models: Readonly<Record<string, ModelFiles>>): Promise<FakeHub> {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const asked: Asked[] = [];
  const files = new Map(Object.entries(models));
  const record = (server: Asked['server'], { method = '', url = '', headers }: IncomingMessage): void => {
    asked.push({ server, method, url, headers });
  };

  const cdn = await listen((request, response) => {
    record('cdn', request);
    if (hub.misbehave?.(request, response, 'cdn')) return;
    const [, , owner, name, file] =
      /^(\/cdn)\/([^/]+)\/([^/]+)\/(.+?)(?:\?.*)?$/.exec(request.url ?? '') ?? [];
    const content = Buffer.from(files.get(`${owner}/${name}`)![decodeURIComponent(file!)]!);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from > 0)
      response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
    else response.writeHead(200, { 'content-length': content.length });
    response.end(content.subarray(from));
  });

  const main = await listen((request, response) => {
    record('hub', request);
    if (hub.misbehave?.(request, response, 'hub')) return;
    const url = request.url ?? '';
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/?]+)\?blobs=true$/.exec(url);
    const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/([^?]+)/.exec(url);
    const content = files.get((api ?? resolve)?.[1] ?? '');
    const known = ['main', commit, 'refs%2Fpr%2F1'].includes((api ?? resolve)?.[2] ?? '');
    if (content === undefined || !known) {
      response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end('{"error":"Repository not found"}');
      return;
    }
    if (api) {
      const answer = listOf(content, commit);
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(hub.edit?.(answer) ?? answer));
      return;
    }
    const file = decodeURIComponent(resolve![3]!);
    const body = content[file]!;
    // large files: to another host, with their checksum; small ones: to another address of the hub
    const headers = { etag: `"${gitSha(body)}"`, 'x-repo-commit': commit };
    if (isLarge(file))
      response.writeHead(302, {
        ...headers,
        location: `${cdn.address}/cdn/${resolve![1]}/${encodeURIComponent(file)}?signature=s`,
        'x-linked-etag': `"${sha256(body)}"`,
        'x-linked-size': body.length,
      });
    else if (url.includes('?cache')) response.writeHead(200, headers);
    else response.writeHead(307, { ...headers, location: `${url}?cache` });
    response.end(!isLarge(file) && url.includes('?cache') ? body : undefined);
  });

  const hub: FakeHub = {
    address: main.address,
    asked,
    commit,
    misbehave: null,
    edit: null,
    models: files,
    close: async () => {
      await Promise.all([stop(main.server), stop(cdn.server)]);
    },
  };
  return hub;
}

function listOf(files: ModelFiles, commit: string): HubAnswer {
  const licence = /^license: (.*)$/m.exec(new TextDecoder().decode(files['README.md']))?.[1];
  return {
    sha: commit,
    cardData: licence === undefined ? null : { license: licence },
    tags: licence === undefined ? [] : [`license:${licence}`],
    siblings: Object.entries(files).map(([rfilename, content]) => ({
      rfilename,
      size: content.length,
      blobId: gitSha(isLarge(rfilename) ? new TextEncoder().encode('pointer') : content),
      ...(isLarge(rfilename)
        ? { lfs: { sha256: sha256(content), size: content.length, pointerSize: 134 } }
        : {}),
    })),
  };
}

export interface FakeProxy {
  readonly address: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** @param login `name:password` that it asks for */
export async function startProxy(login: string | null = null): Promise<FakeProxy> {
  const asked: Asked[] = [];
  const open = new Set<Socket>();
  const isWelcome = (request: IncomingMessage): boolean =>
    login === null ||
    request.headers['proxy-authorization'] === `Basic ${Buffer.from(login).toString('base64')}`;
  const { server, address } = await listen((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ server: 'proxy', method, url, headers });
    if (!isWelcome(request)) {
      response.writeHead(407).end();
      return;
    }
    const onward = httpRequest(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const { method = '', url = '', headers } = request;
    asked.push({ server: 'proxy', method, url, headers });
    if (!isWelcome(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = url.split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    for (const side of [onward, socket]) {
      open.add(side);
      side.on('error', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  return {
    address,
    asked,
    close: () => {
      for (const socket of open) socket.destroy();
      return stop(server);
    },
  };
}
