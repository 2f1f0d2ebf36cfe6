/**
 * @file One file from a server, whole and checked, or not at all. What has arrived stays in `NAME.part` beside the place, so a
 * download that was stopped, by the user or by the line, goes on where it was.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../src-preload/contract/index.ts';

export interface RemoteFile {
  readonly url: string;
  /** bytes */
  readonly size: number;
  /** of the content, hex: SHA-256, or Git's SHA-1 of the blob for small files */
  readonly hash: { readonly kind: 'sha256' | 'git'; readonly hex: string };
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** attempts in a row that bring nothing before it gives up; default 5 */
  readonly attempts?: number;
  /** before the second attempt in a row, ms; doubled for each further one; default 500 */
  readonly pauseMs?: number;
  /** a line that is silent for so long counts as broken, ms; default 30 s */
  readonly silenceMs?: number;
  readonly fetch?: typeof fetch;
  readonly headers?: Readonly<Record<string, string>>;
  /** bytes that are there, of this file */
  progress?(bytes: number): void;
}

/**
 * @throws AppError `download-cancelled`, `download-refused` (the server says no), `download-broken` (the line, after all
 *   attempts), `download-wrong` (length or checksum), `disk-full`
 */
export async function downloadFile(
  remote: RemoteFile,
  file: string,
  options: DownloadOptions = {},
): Promise<void> {
  const part = `${file}.part`;
  await mkdir(path.dirname(file), { recursive: true });
  if (await isWhole(file, remote)) {
    options.progress?.(remote.size);
    return;
  }
  // damaged bytes may be a fault of the line or of what was there before: once from the beginning
  for (const last of [false, true]) {
    await fetchAll(remote, part, options);
    if (await isWhole(part, remote)) {
      await rename(part, file);
      return;
    }
    await rm(part, { force: true });
    if (last) throw wrong(remote, 'its checksum is not the one the server announced');
  }
}

async function fetchAll(remote: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const { attempts = 5, pauseMs = 500 } = options;
  let idle = 0;
  for (;;) {
    const before = await sizeOf(part);
    if (before === remote.size) return;
    if (before > remote.size) await rm(part);
    const broken = await fetchSome(remote, part, before > remote.size ? 0 : before, options);
    if (broken === null) continue;
    idle = (await sizeOf(part)) > before ? 1 : idle + 1;
    if (idle >= attempts) throw broken;
    await wait(pauseMs * 2 ** (idle - 1), undefined, options.signal ? { signal: options.signal } : {}).catch(
      () => {
        throw cancelled(remote);
      },
    );
  }
}

/** @returns why the line broke; null when it did not */
async function fetchSome(
  remote: RemoteFile,
  part: string,
  from: number,
  options: DownloadOptions,
): Promise<AppError | null> {
  const { signal, silenceMs = 30_000, fetch: get = fetch, headers, progress } = options;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  const handle = await open(part, 'a');
  try {
    const response = await get(remote.url, {
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        ...(from > 0 ? { range: `bytes=${from}-` } : {}),
      },
    });
    const body = await bodyOf(response, remote, from);
    if (body.restart) await handle.truncate(0);
    let there = body.restart ? 0 : from;
    for await (const chunk of body.chunks) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      there += chunk.length;
      if (there > remote.size)
        throw wrong(remote, `it is longer than the ${remote.size} bytes the server announced`);
      await handle.write(chunk);
      progress?.(there);
    }
    return there === remote.size ? null : broken(remote, `it ended after ${there} of ${remote.size} bytes`);
  } catch (thrown) {
    if (signal?.aborted) throw cancelled(remote);
    if (thrown instanceof AppError) throw thrown;
    const { code, message, cause } = thrown as NodeJS.ErrnoException & { cause?: Error };
    if (code === 'ENOSPC' || code === 'EDQUOT') throw full(part);
    return broken(
      remote,
      silence.signal.aborted ? `nothing came for ${silenceMs / 1000} s` : (cause?.message ?? message),
    );
  } finally {
    clearTimeout(timer);
    await handle.close();
  }
}

async function bodyOf(
  response: Response,
  remote: RemoteFile,
  from: number,
): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly restart: boolean }> {
  const { status, headers } = response;
  const chunks = response.body ?? new ReadableStream<Uint8Array>();
  if (status === 200) return { chunks, restart: true };
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
    if (range === null || Number(range[1]) !== from)
      throw wrong(remote, 'the server sent another part than was asked for');
    if (range[2] !== '*' && Number(range[2]) !== remote.size)
      throw wrong(remote, `it has ${range[2]} bytes and not the ${remote.size} the server announced`);
    return { chunks, restart: false };
  }
  await response.body?.cancel();
  if (status === 429 || status >= 500) throw new Error(`the server answered ${status}`);
  throw new AppError({
    code: 'download-refused',
    message: `${remote.url} was refused (status ${status}).`,
    hint:
      status === 401 || status === 403
        ? 'The model may need an account; get its files by hand and add them from a folder.'
        : 'Check the name of the model and the address of the mirror.',
    details: { status },
  });
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

/** The file is there, has the size and the content that were announced. */
export async function isWhole(
  file: string,
  { size, hash }: Pick<RemoteFile, 'size' | 'hash'>,
): Promise<boolean> {
  if ((await stat(file).catch(() => null))?.size !== size) return false;
  const digest = createHash(hash.kind === 'git' ? 'sha1' : 'sha256');
  if (hash.kind === 'git') digest.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(file)) digest.update(chunk as Uint8Array);
  return digest.digest('hex') === hash.hex;
}

const broken = ({ url }: RemoteFile, why: string): AppError =>
  new AppError({
    code: 'download-broken',
    message: `The download of ${url} broke off: ${why}.`,
    hint: 'What has arrived is kept; try again when the connection is better.',
    details: { url },
  });

const wrong = ({ url }: RemoteFile, why: string): AppError =>
  new AppError({
    code: 'download-wrong',
    message: `${url} is not what it should be: ${why}.`,
    hint: 'Try again; if it stays so, the mirror is damaged or somebody changes what it sends.',
    details: { url },
  });

const cancelled = ({ url }: RemoteFile): AppError =>
  new AppError({
    code: 'download-cancelled',
    message: `The download of ${url} was cancelled.`,
    hint: 'What has arrived is kept; the next download goes on from there.',
  });

const full = (file: string): AppError =>
  new AppError({
    code: 'disk-full',
    message: `The disk is full: ${path.dirname(file)}.`,
    hint: 'Free some space and start the download again; what has arrived is kept.',
    place: { file },
  });
