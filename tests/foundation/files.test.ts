/** Models of folders and archives, whole ones and hostile ones. */
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { create } from 'tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppError } from '../../src-preload/contract/index.ts';
import { openFoundationModel } from '../../src-main/services/foundation/open.ts';
import { createFoundationService } from '../../src-main/services/foundation/service.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { boltFiles, chronos2Files, writeFiles } from '../support/foundation-model.ts';
import type { ModelFiles } from '../support/foundation-model.ts';

let root: string;
beforeEach(() => {
  root = temporaryFolder('foundation-files');
});
afterEach(() => removeFolder(root));

const at = (...names: string[]): string => path.join(root, ...names);
const folders = () => ({ own: at('own'), builtIn: at('app') });
const service = () =>
  createFoundationService({
    folders: folders(),
    version: '0',
    settings: () => ({ proxy: null, modelMirror: null }),
    emit: () => undefined,
  });
const add = (file: string, name?: string) =>
  service().add({ file, acceptLicence: false, ...(name === undefined ? {} : { name }) });
const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(thrown).toMatchObject({ name: 'AppError' });
  expect((thrown as AppError).message).not.toContain('\n');
  return thrown as AppError;
};
const installed = (): string[] =>
  service()
    .library()
    .models.map(({ name }) => name);

interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mode?: number;
  /** what the directory says, where it is not so */
  readonly size?: number;
}

/** A ZIP file by hand, so that it may say what no tool would write. */
function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100644, size = content.length } of entries) {
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE((mode << 16) >>> 0, 6);
    more.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), fields, more, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}
const zipOf = (files: ModelFiles, prefix = ''): ZipEntry[] =>
  Object.entries(files).map(([name, content]) => ({ name: prefix + name, content }));

/** A header of a tar file, by hand as well. */
function tarHeader(name: string, size: number, type = '0', link = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\x0000', 257);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return header;
}
const tar = (...parts: Buffer[]): Buffer => Buffer.concat([...parts, Buffer.alloc(1024)]);
const padded = (content: Uint8Array): Buffer =>
  Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);

const file = (name: string, content: Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};

test('a folder, with what is not needed left out; the name of an official model is found', async () => {
  const folder = writeFiles(at('chronos-2'), { ...chronos2Files(), 'pytorch_model.bin': new Uint8Array(5) });
  const added = await add(folder);
  expect(added).toMatchObject({
    name: 'amazon/chronos-2',
    added: true,
    licence: { id: 'apache-2.0' },
    source: { from: 'folder', name: 'chronos-2' },
  });
  expect(readdirSync(added.folder)).not.toContain('pytorch_model.bin');
  expect(await add(folder)).toMatchObject({ added: false });
  const other = writeFiles(at('2', 'chronos-2'), chronos2Files({ seed: 2 }));
  expect((await failure(add(other))).code).toBe('model-exists');
  expect(await add(other, 'plant/tuned')).toMatchObject({ name: 'plant/tuned', added: true });
  expect((await failure(add(other, '../tuned'))).code).toBe('invalid-option');
  expect(installed()).toEqual(['amazon/chronos-2', 'plant/tuned']);
});

test("the cache of the hub's own tools, which is made of links", async () => {
  const files = chronos2Files();
  const cache = at('models--amazon--chronos-2');
  const snapshot = path.join(cache, 'snapshots', 'a'.repeat(40));
  mkdirSync(snapshot, { recursive: true });
  for (const name of Object.keys(files)) {
    writeFiles(path.join(cache, 'blobs'), { [name]: files[name]! });
    symlinkSync(path.join('..', '..', 'blobs', name), path.join(snapshot, name));
  }
  expect(await add(cache)).toMatchObject({ name: 'amazon/chronos-2', added: true });
});

test('a model of another library keeps what is known of it, and is compared with that', async () => {
  await add(writeFiles(at('chronos-2'), chronos2Files()));
  const copy = at('copy');
  cpSync(openFoundationModel('amazon/chronos-2', { folders: folders() }).folder, copy, { recursive: true });
  service().remove('amazon/chronos-2');
  expect(await add(copy)).toMatchObject({ name: 'amazon/chronos-2' });
  service().remove('amazon/chronos-2');
  writeFiles(copy, { 'model.safetensors': chronos2Files({ seed: 7 })['model.safetensors']! });
  expect((await failure(add(copy))).message).toContain(
    'is not the file that its voltcast-model.json describes',
  );
});

test.each(['zip', 'tar', 'tar.gz', 'tgz'])('an archive: .%s, with a folder in it', async (ending) => {
  const files = boltFiles();
  writeFiles(at('m', 'chronos-bolt-tiny'), { ...files, 'notes.txt': new Uint8Array(3) });
  const archive = at(`chronos-bolt-tiny.${ending}`);
  if (ending === 'zip') writeFileSync(archive, zip(zipOf(files, 'chronos-bolt-tiny/')));
  else await create({ cwd: at('m'), file: archive, gzip: ending !== 'tar' }, ['chronos-bolt-tiny']);
  expect(await add(archive)).toMatchObject({
    name: 'amazon/chronos-bolt-tiny',
    kind: 'chronos-bolt',
    source: { from: 'archive' },
  });
  expect(openFoundationModel('amazon/chronos-bolt-tiny', { folders: folders() }).kind).toBe('chronos-bolt');
});

const files = chronos2Files();
const whole = zipOf(files);
const config = padded(files['config.json']!);
const hostile: Record<string, [string, () => Uint8Array, RegExp]> = {
  'a way out of the folder (zip)': [
    'a.zip',
    () => zip([...whole, { name: '../../evil.txt', content: new Uint8Array(1) }]),
    /archive-unsafe.*outside/,
  ],
  'an absolute path (zip)': [
    'b.zip',
    () => zip([...whole, { name: '/etc/evil', content: new Uint8Array(1) }]),
    /archive-unsafe.*outside/,
  ],
  'a way out with backslashes (zip)': [
    'c.zip',
    () => zip([...whole, { name: '..\\evil.txt', content: new Uint8Array(1) }]),
    /archive-unsafe.*outside/,
  ],
  'a link (zip)': [
    'd.zip',
    () => zip([...whole, { name: 'link', content: Buffer.from('/etc/passwd'), mode: 0o120777 }]),
    /archive-unsafe.*link/,
  ],
  'the same file twice (zip)': ['e.zip', () => zip([...whole, whole[1]!]), /archive-unsafe.*twice/],
  'an entry that unpacks to gigabytes (zip)': [
    'f.zip',
    () => zip([...whole.slice(0, 2), { name: 'model.safetensors', content: Buffer.alloc(80 << 20) }]),
    /archive-unsafe.*far more/,
  ],
  'an entry longer than it says (zip)': [
    'g.zip',
    () =>
      zip([
        ...whole.slice(0, 2),
        { name: 'model.safetensors', content: files['model.safetensors']!, size: 10 },
      ]),
    /archive-broken/,
  ],
  'its end cut off (zip)': ['h.zip', () => zip(whole).subarray(0, -30), /archive-broken/],
  'a way out of the folder (tar)': [
    'i.tar',
    () => tar(tarHeader('config.json', files['config.json']!.length), config, tarHeader('../evil', 0)),
    /archive-unsafe.*outside/,
  ],
  'a link (tar)': [
    'j.tar',
    () =>
      tar(
        tarHeader('config.json', files['config.json']!.length),
        config,
        tarHeader('model.safetensors', 0, '2', '/etc/passwd'),
      ),
    /archive-unsafe.*link/,
  ],
  'a hard link (tar)': [
    'k.tar',
    () => tar(tarHeader('config.json', 0, '1', '/etc/passwd')),
    /archive-unsafe.*link/,
  ],
  'gigabytes of nothing (tar.gz)': [
    'l.tar.gz',
    () => gzipSync(tar(tarHeader('model.safetensors', 90 << 20), Buffer.alloc(90 << 20))),
    /archive-unsafe.*far more/,
  ],
  'its end cut off (tar)': [
    'm.tar',
    () => Buffer.concat([tarHeader('config.json', files['config.json']!.length), config.subarray(0, 100)]),
    /archive-broken|checkpoint-incomplete/,
  ],
  'its end cut off (tar.gz)': [
    'n.tar.gz',
    () => gzipSync(tar(tarHeader('config.json', files['config.json']!.length), config)).subarray(0, 60),
    /archive-broken/,
  ],
  noise: ['o.tar', () => Buffer.from('not an archive at all '.repeat(100)), /archive-broken/],
  'nothing in it': ['p.zip', () => zip([]), /checkpoint-incomplete.*no config\.json/],
  'an empty file': ['q.tar', () => Buffer.alloc(0), /archive-broken|checkpoint-incomplete/],
  'two models': [
    'r.zip',
    () => zip([...zipOf(files, 'a/'), ...zipOf(files, 'b/')]),
    /checkpoint-incomplete.*more than one/,
  ],
  'no weights': [
    's.zip',
    () => zip(whole.filter(({ name }) => !name.startsWith('model'))),
    /checkpoint-incomplete/,
  ],
  'a config.json that is none': [
    't.zip',
    () => zip([{ name: 'config.json', content: Buffer.from('{') }]),
    /checkpoint-incomplete.*not JSON/,
  ],
  'a model of another kind': [
    'u.zip',
    () => zip([{ name: 'config.json', content: Buffer.from('{"architectures":["Bert"]}') }]),
    /model-kind-unsupported.*Bert/,
  ],
  'weights that are cut': [
    'v.zip',
    () =>
      zip(
        whole.map((entry) =>
          entry.name.startsWith('model') ? { ...entry, content: entry.content.subarray(0, 2000) } : entry,
        ),
      ),
    /tensor-file/,
  ],
};
test.each(Object.keys(hostile))('an archive with %s: one clear line, and nothing is left', async (name) => {
  const [archive, content, expected] = hostile[name]!;
  const { code, message } = await failure(add(file(archive, content())));
  expect(`${code}: ${message}`).toMatch(expected);
  expect(installed()).toEqual([]);
  for (const place of [root, path.dirname(root)])
    for (const evil of ['evil', 'evil.txt']) expect(existsSync(path.join(place, evil))).toBe(false);
  if (existsSync(at('own', '.incoming'))) expect(readdirSync(at('own', '.incoming'))).toEqual([]);
});

test('folders and files that are no models', async () => {
  mkdirSync(at('empty'));
  expect((await failure(add(at('empty')))).message).toContain('no config.json');
  expect((await failure(add(at('nowhere')))).code).toBe('file-not-found');
  expect((await failure(add(file('model.onnx', new Uint8Array(3))))).code).toBe('archive-broken');
});
