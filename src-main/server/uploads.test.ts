import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createUploads, safeName } from './uploads.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'voltcast-uploads-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('uploads', () => {
  test('arrive whole, keep their name, and go when discarded', async () => {
    const uploads = createUploads(folder, () => null);
    const id = await uploads.receive(
      'load 2024.csv',
      Readable.from([Buffer.from('a,b\n'), Buffer.from('1,2\n')]),
      8,
    );
    const file = uploads.resolve(id);
    expect(path.basename(file)).toBe('load 2024.csv');
    expect(fs.readFileSync(file, 'utf8')).toBe('a,b\n1,2\n');
    uploads.discard(id);
    expect(() => uploads.resolve(id)).toThrowError(expect.objectContaining({ code: 'upload-missing' }));
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x\\load.csv', 'load.csv'],
    ['.hidden', '_hidden'],
    ['a\u0000b:c.csv', 'a_b_c.csv'],
    ['', 'file.csv'],
  ])('the name %j becomes %j', (given, clean) => expect(safeName(given)).toBe(clean));

  test.each(['/etc/passwd', 'upload:../../x', 'upload:'])('%s is not a file a browser may name', (file) => {
    const uploads = createUploads(folder, () => null);
    expect(() => uploads.resolve(file)).toThrow();
  });

  test('a file larger than the disk is refused before it is written', async () => {
    const uploads = createUploads(folder, () => 1000);
    await expect(uploads.receive('big.csv', Readable.from([]), 600)).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('what is said of an upload does not say where it lies', async () => {
    const uploads = createUploads(folder, () => null);
    const file = uploads.resolve(await uploads.receive('load.csv', Readable.from(['x']), 1));
    const error = { message: `${file}: no rows`, place: { file, line: 3 } };
    expect(uploads.hidePaths(error)).toEqual({
      message: 'load.csv: no rows',
      place: { file: 'load.csv', line: 3 },
    });
  });

  test('a broken transfer leaves nothing behind', async () => {
    const uploads = createUploads(folder, () => null);
    const broken = new Readable({
      read() {
        this.push('half');
        this.destroy(new Error('connection lost'));
      },
    });
    await expect(uploads.receive('x.csv', broken, null)).rejects.toThrow('connection lost');
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
