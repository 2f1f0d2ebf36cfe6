/** @file Files sent by the page in browser mode. They lie in the workspace until imported, and are known to clients by id only. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../src-preload/contract/index.ts';

const prefix = 'upload:';
const dayMs = 86_400_000;

export interface Uploads {
  /** @throws AppError `disk-full` */
  receive(name: string, content: Readable, announcedBytes: number | null): Promise<string>;
  /** path of an upload. @throws AppError `path-not-allowed`, `upload-missing` */
  resolve(file: string): string;
  discard(file: string): void;
  /** the same with the names of uploads in place of their paths: where they lie is nobody's business */
  hidePaths<T>(answer: T): T;
}

/** The last part of a name sent by a browser, without anything a file system would take as more than a name. */
export function safeName(name: string): string {
  const last = name.split(/[\\/]/).pop() ?? '';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must go
  const clean = last.replace(/[\u0000-\u001f<>:"|?*]/g, '_').replace(/^\.+/, '_');
  return clean.slice(0, 150) || 'file.csv';
}

export function createUploads(folder: string, freeBytes: () => number | null): Uploads {
  fs.mkdirSync(folder, { recursive: true });
  for (const entry of fs.readdirSync(folder)) {
    const full = path.join(folder, entry);
    if (Date.now() - fs.statSync(full).mtimeMs > dayMs) fs.rmSync(full, { recursive: true, force: true });
  }
  const folderOf = (file: string): string => {
    if (!file.startsWith(prefix))
      throw new AppError({
        code: 'path-not-allowed',
        message: 'In browser mode files are sent by the page; a path on this machine cannot be opened.',
        hint: 'Drop the file on the page, or import it from the command line.',
      });
    const id = file.slice(prefix.length);
    if (!/^[0-9a-f-]{36}$/.test(id))
      throw new AppError({ code: 'upload-missing', message: 'This upload is not known.' });
    return path.join(folder, id);
  };
  return {
    async receive(name, content, announcedBytes) {
      const free = freeBytes();
      if (announcedBytes !== null && free !== null && announcedBytes * 2 > free)
        throw new AppError({
          code: 'disk-full',
          message: 'There is not enough free disk space for this file.',
          hint: 'Free some space and send it again.',
        });
      const id = randomUUID();
      const own = path.join(folder, id);
      fs.mkdirSync(own);
      try {
        await pipeline(content, fs.createWriteStream(path.join(own, safeName(name))));
      } catch (thrown) {
        fs.rmSync(own, { recursive: true, force: true });
        throw thrown;
      }
      return `${prefix}${id}`;
    },
    resolve(file) {
      const own = folderOf(file);
      const name = fs.existsSync(own) ? fs.readdirSync(own)[0] : undefined;
      if (name === undefined)
        throw new AppError({
          code: 'upload-missing',
          message: 'This upload is no longer there.',
          hint: 'Drop the file again.',
        });
      return path.join(own, name);
    },
    discard(file) {
      fs.rmSync(folderOf(file), { recursive: true, force: true });
    },
    hidePaths(answer) {
      const inText = JSON.stringify(folder + path.sep).slice(1, -1); // as it stands inside JSON
      const parts = JSON.stringify(answer).split(inText);
      const idAndSeparator = /^[0-9a-f-]{36}(?:\/|\\\\)/;
      return JSON.parse(
        parts.map((part, i) => (i === 0 ? part : part.replace(idAndSeparator, ''))).join(''),
      ) as typeof answer;
    },
  };
}
