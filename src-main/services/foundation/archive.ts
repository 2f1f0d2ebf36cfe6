/**
 * @file Archives with a model in them: .zip, .tar and .tar.gz, taken for hostile. Nothing is unpacked by the names inside: the
 * entries that are wanted are written under names that Voltcast knows, and one entry that points elsewhere is enough to
 * refuse the whole.
 */
import { createReadStream, createWriteStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { Parser } from 'tar';
import type { ReadEntry } from 'tar';
import { openPromise } from 'yauzl';
import type { Entry } from 'yauzl';
import { AppError } from '../../../src-preload/contract/index.ts';
import { isInside } from './kind.ts';

export interface ArchiveEntry {
  /** with slashes, without `./` */
  readonly path: string;
  readonly bytes: number;
  /** the content; when it is not asked for, the entry is passed over */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

const maxEntries = 20_000;
/** Weights hardly shrink; what unpacks to more than this many times its size is a trap. */
const maxRatio = 100;
/** Below this size a ratio says nothing. */
const harmlessBytes = 64 << 20;

const endings = /\.(zip|tar|tar\.gz|tgz)$/i;
export const isArchiveName = (file: string): boolean => endings.test(file);
export const withoutEnding = (file: string): string => file.replace(endings, '');

/**
 * Goes through the files of an archive, in its order.
 * @param visit one after the other; what it throws ends the walk
 * @throws AppError `archive-unsafe`, `archive-broken`, `download-cancelled`
 */
export async function walkArchive(
  file: string,
  visit: (entry: ArchiveEntry) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const guard = createGuard(file);
  try {
    await (isZip(file) ? walkZip(file, guard, visit, signal) : walkTar(file, guard, visit, signal));
  } catch (thrown) {
    if (signal?.aborted === true)
      throw new AppError({ code: 'download-cancelled', message: `Reading ${file} was cancelled.` });
    if (thrown instanceof AppError) throw thrown;
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'ENOENT' || code === 'EACCES') throw thrown;
    if (/ratio/i.test(message)) throw unsafe(file, 'it unpacks to far more than a model can have');
    // yauzl refuses such names by itself
    if (/(relative path|absolute path|invalid characters)/i.test(message))
      throw unsafe(file, 'it has an entry outside of its folder');
    throw new AppError(
      {
        code: 'archive-broken',
        message: `${file} cannot be read as a .zip, .tar or .tar.gz file: ${message.replace(/^TAR_[A-Z_]+: /, '')}.`,
        hint: 'Get it again, or unpack it by hand and add the folder.',
        place: { file },
      },
      { cause: thrown },
    );
  }
}

interface Guard {
  /** @returns the entry's path, or null for a folder. @throws AppError `archive-unsafe` */
  admit(name: string, type: 'file' | 'folder' | 'link' | 'other', bytes: number): string | null;
}

function createGuard(file: string): Guard {
  const { size } = statSync(file);
  const seen = new Set<string>();
  let total = 0;
  let count = 0;
  return {
    admit(name, type, bytes) {
      count += 1;
      total += bytes;
      if (count > maxEntries) throw unsafe(file, `it has more than ${maxEntries} entries`);
      if (!Number.isSafeInteger(total) || (total > harmlessBytes && total > maxRatio * size))
        throw unsafe(file, 'it unpacks to far more than a model can have');
      const clean = name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
      if (type === 'link')
        throw unsafe(
          file,
          `"${name.slice(0, 100)}" is a link`,
          'Pack the files themselves (tar: option -h), or unpack it by hand and add the folder.',
        );
      if (clean === '' || clean === '.') return null;
      if (!isInside(clean)) throw unsafe(file, `"${name.slice(0, 100)}" lies outside of its folder`);
      if (type !== 'file') return null;
      if (seen.has(clean)) throw unsafe(file, `"${clean.slice(0, 100)}" is in it twice`);
      seen.add(clean);
      return clean;
    },
  };
}

const unsafe = (file: string, what: string, hint?: string): AppError =>
  new AppError({
    code: 'archive-unsafe',
    message: `${file} is not unpacked: ${what}.`,
    hint: hint ?? 'Take the archive from a source that you trust.',
    place: { file },
  });

function isZip(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const start = Buffer.alloc(4);
    readSync(handle, start, 0, 4, 0);
    return start.readUInt16LE(0) === 0x4b50;
  } finally {
    closeSync(handle);
  }
}

type Visit = (entry: ArchiveEntry) => Promise<void>;

async function walkZip(file: string, guard: Guard, visit: Visit, signal?: AbortSignal): Promise<void> {
  const zip = await openPromise(file, { autoClose: false, lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const path = guard.admit(entry.fileName, zipType(entry), entry.uncompressedSize);
      if (path === null) continue;
      await visit({
        path,
        bytes: entry.uncompressedSize,
        open: async () => {
          if (!entry.canDecodeFileData())
            throw new Error(`"${path}" is encrypted or packed in a way that cannot be read`);
          return (await zip.openReadStreamPromise(entry)) as Readable & AsyncIterable<Uint8Array>;
        },
      });
    }
  } finally {
    zip.close();
  }
}

/** The upper half of the attributes are Unix's, where Unix made them. */
function zipType({
  fileName,
  externalFileAttributes,
  versionMadeBy,
}: Entry): 'file' | 'folder' | 'link' | 'other' {
  const mode = versionMadeBy >> 8 === 3 ? (externalFileAttributes >>> 16) & 0o170000 : 0;
  if (mode === 0o120000) return 'link';
  if (fileName.endsWith('/') || mode === 0o040000) return 'folder';
  return mode === 0 || mode === 0o100000 ? 'file' : 'other';
}

const tarTypes: Readonly<Record<string, 'file' | 'folder' | 'link'>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  GNUDumpDir: 'folder',
  SymbolicLink: 'link',
  Link: 'link',
};

async function walkTar(file: string, guard: Guard, visit: Visit, signal?: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const parser = new Parser({ strict: true, maxDecompressionRatio: maxRatio });
  let failure: unknown = null;
  let visiting: Promise<void> = Promise.resolve();
  const fail = (thrown: unknown): void => {
    failure ??= thrown;
    stop.abort();
  };
  const handle = async (entry: ReadEntry): Promise<void> => {
    const path = guard.admit(entry.path, tarTypes[entry.type] ?? 'other', entry.size);
    if (path !== null)
      await visit({
        path,
        bytes: entry.size,
        open: () => Promise.resolve(chunksOf(entry)),
      });
    entry.resume();
  };
  const ended = new Promise<void>((resolve) => {
    parser.on('entry', (entry: ReadEntry) => {
      visiting = handle(entry).catch(fail);
    });
    parser.on('error', (thrown: unknown) => {
      fail(thrown);
      resolve();
    });
    parser.on('end', () => resolve());
    stop.signal.addEventListener('abort', () => resolve());
  });
  try {
    const all = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    await feed(file, parser, all);
  } catch (thrown) {
    failure ??= thrown;
    stop.abort();
  }
  if (failure === null) await ended;
  if (failure === null) await visiting;
  if (failure !== null) throw failure as Error;
}

/** Not a stream of Node either, although it looks like one to `pipeline`. */
async function* chunksOf(entry: ReadEntry): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) yield chunk;
}

/** The parser is not a stream of Node: it says by itself when it has had enough for now. */
async function feed(file: string, parser: Parser, signal: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 18 })) {
    if (!parser.write(chunk as Buffer))
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', stop, { once: true });
        parser.once('drain', () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
      });
  }
  parser.end();
}

/** Writes an entry, and no byte more than it said it has. */
export async function unpackEntry(
  entry: ArchiveEntry,
  target: string,
  progress: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const source = await entry.open();
  let written = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        written += chunk.length;
        if (written > entry.bytes) throw new Error(`"${entry.path}" is longer than it says`);
        progress(chunk.length);
        yield chunk;
      }
    },
    createWriteStream(target),
    { signal },
  );
  if (written !== entry.bytes)
    throw new Error(`"${entry.path}" ends after ${written} of ${entry.bytes} bytes`);
}

/** @param most bytes; a longer entry is an error */
export async function readEntry(entry: ArchiveEntry, most: number): Promise<Uint8Array> {
  if (entry.bytes > most) throw new Error(`"${entry.path}" has ${entry.bytes} bytes`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of await entry.open()) {
    length += chunk.length;
    if (length > most) throw new Error(`"${entry.path}" is longer than it says`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
