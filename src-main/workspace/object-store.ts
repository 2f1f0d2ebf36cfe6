/**
 * @file Content-addressed objects: `objects/ab/cdef…` is the content with that sha256. Written to a temporary file,
 * synced, renamed, so that a name never stands for half a content, whatever is killed when. Verified when read.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ArtifactRefHash, ContentHash, ObjectStore } from './types.ts';

const chunkBytes = 1 << 20;
const hashPattern = /^[0-9a-f]{64}$/;
const temporaryFolder = (folder: string): string => join(folder, 'tmp');

export function createObjectStore(folder: string, options: { readOnly?: boolean } = {}): ObjectStore {
  /** intact once is taken as intact for this process's life: big tables are opened by path many times */
  const verified = new Set<ContentHash>();

  const place = (hash: ContentHash): string => {
    if (!hashPattern.test(hash))
      throw new AppError({ code: 'object-missing', message: `Not a content hash: ${JSON.stringify(hash)}.` });
    return join(folder, hash.slice(0, 2), hash.slice(2));
  };
  const temporary = (): string => {
    if (options.readOnly)
      throw new AppError({
        code: 'workspace-read-only',
        message: `The workspace is open read-only, so nothing can be stored (${folder}).`,
      });
    mkdirSync(temporaryFolder(folder), { recursive: true });
    return join(temporaryFolder(folder), `${process.pid}-${randomBytes(8).toString('hex')}`);
  };
  /** True if the object is there and whole: then a second copy is not written. A damaged one is replaced. */
  const isStored = (hash: ContentHash, bytes: number): boolean => {
    const file = place(hash);
    return statSync(file, { throwIfNoEntry: false })?.size === bytes && hashFile(file).hash === hash;
  };
  const moveIn = (source: string, hash: ContentHash): void => {
    const target = place(hash);
    const parent = dirname(target);
    const isNewFolder = !existsSync(parent);
    mkdirSync(parent, { recursive: true });
    renameSync(source, target);
    syncFolder(parent);
    if (isNewFolder) syncFolder(folder);
    verified.add(hash);
  };

  return {
    put(content) {
      const hash = createHash('sha256').update(content).digest('hex');
      const ref: ArtifactRefHash = { hash, bytes: content.byteLength };
      const file = temporary();
      return explainFull(folder, () => {
        if (isStored(hash, content.byteLength)) return ref;
        try {
          writeSynced(file, content);
          moveIn(file, hash);
        } finally {
          rmSync(file, { force: true });
        }
        return ref;
      });
    },

    putFile(source, written) {
      const copy = temporary();
      return explainFull(folder, () => {
        const { hash, bytes } = written ?? hashFile(source);
        if (isStored(hash, bytes)) {
          rmSync(source, { force: true });
          return { hash, bytes };
        }
        try {
          if (written === undefined) syncFile(source);
          moveIn(source, hash);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
          // from another file system there is no atomic move: copy beside the objects first
          try {
            copyFileSync(source, copy);
            syncFile(copy);
            moveIn(copy, hash);
            rmSync(source, { force: true });
          } finally {
            rmSync(copy, { force: true });
          }
        }
        return { hash, bytes };
      });
    },

    get(hash) {
      const file = place(hash);
      const content = readObject(file, hash);
      if (createHash('sha256').update(content).digest('hex') !== hash) throw corrupt(file, hash);
      verified.add(hash);
      return content;
    },

    path(hash) {
      const file = place(hash);
      if (!existsSync(file)) throw missing(file, hash);
      if (!verified.has(hash)) {
        if (hashFile(file).hash !== hash) throw corrupt(file, hash);
        verified.add(hash);
      }
      return file;
    },

    has: (hash) => existsSync(place(hash)),
  };
}

/** @returns true if the object is there and its content matches: one that cannot be read counts as lost, not as an error */
export function isIntact(objects: ObjectStore, hash: ContentHash): boolean {
  try {
    objects.path(hash);
    return true;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'object-missing' || error.code === 'object-corrupt'))
      return false;
    throw error;
  }
}

/** Removes what a killed process left half written. Only the one writer calls this. @returns files removed */
export function removeTemporaries(
  folder: string,
  which: { olderThanMs: number } | { ofPid: number },
  now = Date.now(),
): number {
  let removed = 0;
  for (const name of listFolder(temporaryFolder(folder))) {
    const file = join(temporaryFolder(folder), name);
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (modified === undefined) continue;
    const stale = 'ofPid' in which ? name.startsWith(`${which.ofPid}-`) : now - modified > which.olderThanMs;
    if (!stale) continue;
    rmSync(file, { force: true, recursive: true });
    removed += 1;
  }
  return removed;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hashFile(file: string): ArtifactRefHash {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const handle = openSync(file, 'r');
  let bytes = 0;
  try {
    for (;;) {
      const read = readSync(handle, chunk, 0, chunkBytes, null);
      if (read === 0) break;
      hash.update(chunk.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(handle);
  }
  return { hash: hash.digest('hex'), bytes };
}

function writeSynced(file: string, content: Uint8Array): void {
  const handle = openSync(file, 'wx');
  try {
    for (let offset = 0; offset < content.byteLength;) offset += writeSync(handle, content, offset);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** So that the new name survives a power cut. Windows has no such call: NTFS journals names by itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function readObject(file: string, hash: ContentHash): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missing(file, hash);
    throw error;
  }
}

const missing = (file: string, hash: ContentHash): AppError =>
  new AppError({
    code: 'object-missing',
    message: `A stored object is not there: ${hash.slice(0, 12)}… (${file}).`,
    hint: 'Restore the objects folder from a backup, import the data again, or resume the run that made it.',
    place: { file },
    details: { hash },
  });

const corrupt = (file: string, hash: ContentHash): AppError =>
  new AppError({
    code: 'object-corrupt',
    message: `A stored object is damaged: the content of ${hash.slice(0, 12)}… does not match its hash (${file}).`,
    hint: 'Import the data again, or resume the run that made it: a damaged object is then written anew.',
    place: { file },
    details: { hash },
  });

function explainFull<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code;
    if (errno !== 'ENOSPC' && errno !== 'EDQUOT') throw error;
    throw new AppError(
      {
        code: 'disk-full',
        message: `The disk that holds the workspace is full (${folder}).`,
        hint: 'Free some space and resume: completed steps are kept.',
        place: { file: folder },
      },
      { cause: error },
    );
  }
}
