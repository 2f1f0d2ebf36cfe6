/** What recipes name is found, and what is missing says how to get it. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppError } from '../../src-preload/contract/index.ts';
import { listModels, removeModel } from '../../src-main/services/foundation/library.ts';
import type { LibraryFolders } from '../../src-main/services/foundation/library.ts';
import { writeManifest } from '../../src-main/services/foundation/manifest.ts';
import { openFoundationModel, weightsFingerprint } from '../../src-main/services/foundation/open.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { boltFiles, chronos2Files, sha256, t5Files, writeFiles } from '../support/foundation-model.ts';
import type { ModelFiles } from '../support/foundation-model.ts';

let root: string;
let folders: LibraryFolders;
beforeEach(() => {
  root = temporaryFolder('foundation-open');
  folders = { own: path.join(root, 'own'), builtIn: path.join(root, 'app') };
});
afterEach(() => removeFolder(root));

const commit = 'c'.repeat(40);
function install(name: string, files: ModelFiles, kind: 'chronos-2' | 'chronos-bolt' | 'chronos-t5'): string {
  const folder = writeFiles(path.join(folders.own, name.replace('/', '--')), files);
  writeManifest(folder, {
    format: 'voltcast-foundation-model',
    version: 1,
    name,
    kind,
    revision: 'main',
    commit,
    licence: { id: 'apache-2.0', name: null, link: null, permissive: true },
    source: { from: 'hub', name: 'https://huggingface.co' },
    files: Object.entries(files).map(([file, content]) => ({
      path: file,
      bytes: content.length,
      sha256: sha256(content),
    })),
    addedAt: 1,
  });
  return folder;
}
const open = (reference: string) => openFoundationModel(reference, { folders, base: root });
const failure = (work: () => unknown): AppError => {
  try {
    work();
  } catch (thrown) {
    return thrown as AppError;
  }
  throw new Error('nothing was thrown');
};

test('built in, of the hub and by path', async () => {
  writeFiles(path.join(folders.builtIn, 'voltcast-small'), chronos2Files());
  const files = boltFiles();
  install('amazon/chronos-bolt-tiny', files, 'chronos-bolt');
  install('amazon/chronos-t5-small', t5Files(), 'chronos-t5');
  writeFiles(path.join(root, 'mine'), chronos2Files({ seed: 2 }));

  expect(open('voltcast-small')).toMatchObject({ kind: 'chronos-2', builtIn: true, manifest: null });
  const bolt = open('amazon/chronos-bolt-tiny');
  expect(bolt).toMatchObject({ kind: 'chronos-bolt', builtIn: false, manifest: { commit } });
  expect(open('amazon/chronos-t5-small').kind).toBe('chronos-t5');
  expect(open('./mine')).toMatchObject({ kind: 'chronos-2', folder: path.join(root, 'mine') });
  expect(weightsFingerprint(bolt)).toBe(sha256(files['model.safetensors']!));
  expect(weightsFingerprint(open('./mine'))).toBe(sha256(chronos2Files({ seed: 2 })['model.safetensors']!));
});

test('a revision that is asked for is the one that is here, or an error', () => {
  install('amazon/chronos-2', chronos2Files(), 'chronos-2');
  expect(open(`amazon/chronos-2@${commit}`).name).toBe('amazon/chronos-2');
  expect(failure(() => open('amazon/chronos-2@v9'))).toMatchObject({
    code: 'model-not-installed',
    hint: expect.stringContaining('voltcast models add amazon/chronos-2@v9') as string,
  });
});

test('what is not here says how to get it; a misspelt name what it may be', () => {
  const error = failure(() => open('amazon/chronos-2'));
  expect(error.code).toBe('model-not-installed');
  expect(error.hint).toContain('voltcast models add amazon/chronos-2');
  expect(error.hint).toContain('Foundation models');
  writeFiles(path.join(folders.builtIn, 'voltcast-small'), chronos2Files());
  expect(failure(() => open('voltcast-smal')).hint).toBe('Did you mean "voltcast-small"?');
  expect(failure(() => open('./nowhere')).code).toBe('model-not-installed');
  expect(failure(() => open('../../etc')).code).toBe('model-not-installed');
  expect(failure(() => open('..')).code).toBe('model-not-installed');
});

test('damage is found when a model is opened, and listed without hiding the others', () => {
  const cut = install('amazon/chronos-2', chronos2Files(), 'chronos-2');
  writeFileSync(path.join(cut, 'model.safetensors'), 'x');
  rmSync(path.join(install('a/gone', chronos2Files(), 'chronos-2'), 'README.md'));
  writeFileSync(path.join(install('a/odd', chronos2Files(), 'chronos-2'), 'voltcast-model.json'), '{');
  writeFiles(path.join(folders.own, 'other'), {
    'config.json': new TextEncoder().encode('{"architectures":["LlamaForCausalLM"]}'),
  });
  install('a/whole', chronos2Files(), 'chronos-2');
  expect(failure(() => open('amazon/chronos-2'))).toMatchObject({
    code: 'model-damaged',
    place: { file: path.join(cut, 'model.safetensors') },
  });
  const problems = Object.fromEntries(
    listModels(folders).map(({ name, problem }) => [name, problem?.code ?? null]),
  );
  expect(problems).toEqual({
    'a/gone': 'model-damaged',
    'a/odd': 'model-damaged',
    'a/whole': null,
    'amazon/chronos-2': 'model-damaged',
    other: 'model-kind-unsupported',
  });
  for (const name of Object.keys(problems)) removeModel(name, folders);
  expect(listModels(folders)).toEqual([]);
});

test('a manifest that names files outside of its folder is not believed', () => {
  const folder = install('a/b', chronos2Files(), 'chronos-2');
  writeManifest(folder, {
    ...open('a/b').manifest!,
    files: [{ path: '../../secret', bytes: 1, sha256: 'a'.repeat(64) }],
  });
  expect(failure(() => open('a/b')).code).toBe('model-damaged');
});

test('what models are made with is no model', () => {
  writeFiles(path.join(folders.builtIn, 'pretraining'), { 'config.json': chronos2Files()['config.json']! });
  expect(listModels(folders)).toEqual([]);
  expect(failure(() => open('pretraining')).code).toBe('model-not-installed');
});

test('what came with the app stays; nothing outside of the library is removed', () => {
  const builtIn = writeFiles(path.join(folders.builtIn, 'voltcast-small'), chronos2Files());
  cpSync(builtIn, path.join(root, 'mine'), { recursive: true });
  expect(failure(() => removeModel('voltcast-small', folders)).code).toBe('model-built-in');
  for (const name of ['../mine', './mine', 'a/b/c', '..', '', 'mine'])
    expect(failure(() => removeModel(name, folders)).code).toBe('model-not-found');
  expect(open('./mine').kind).toBe('chronos-2');
});
