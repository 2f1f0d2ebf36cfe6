import { expect, test } from 'vitest';
import { filesNeeded, isInside, kindOf } from './kind.ts';
import { licenceOfCard, licenceOfReadme } from './licence.ts';
import { isModelName, parseHubName, toModelName } from './names.ts';

test('the kind of a config.json', () => {
  expect(kindOf({ chronos_pipeline_class: 'Chronos2Pipeline', model_type: 't5' }, 'm')).toBe('chronos-2');
  expect(kindOf({ architectures: ['ChronosBoltModelForForecasting'] }, 'm')).toBe('chronos-bolt');
  const tokens = { tokenizer_class: 'MeanScaleUniformBins' };
  expect(kindOf({ architectures: ['T5ForConditionalGeneration'], chronos_config: tokens }, 'm')).toBe(
    'chronos-t5',
  );
  for (const other of [
    { architectures: ['T5ForConditionalGeneration'] },
    {},
    [],
    null,
    'x',
    { architectures: 7 },
  ])
    expect(() => kindOf(other, 'm')).toThrow(/another kind/);
});

test('the files that are needed, and no others', () => {
  const rest = ['config.json', 'pytorch_model.bin', 'run.py', '.gitattributes'];
  expect(filesNeeded('chronos-2', [...rest, 'model.safetensors', 'README.md'], 'm')).toEqual([
    'config.json',
    'README.md',
    'model.safetensors',
  ]);
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  expect(filesNeeded('chronos-bolt', [...rest, 'model.safetensors.index.json', ...shards], 'm')).toEqual([
    'config.json',
    'model.safetensors.index.json',
    ...shards,
  ]);
  const onnx = ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx', 'onnx/decoder_model_merged.onnx'];
  expect(filesNeeded('chronos-t5', [...rest, ...onnx], 'm')).toEqual(['config.json', onnx[0], onnx[2]]);
  const both = ['config.json', 'model.safetensors', ...onnx];
  expect(filesNeeded('chronos-t5', both, 'm')).toEqual(['config.json', 'model.safetensors']);
  expect(() => filesNeeded('chronos-2', [...rest, ...onnx], 'm')).toThrow(/may run code/);
});

test.each(['../a', 'a/../../b', '/a', 'a\\b', 'C:/a', '', '.', 'a\0b', '..'])(
  '"%s" leaves its folder',
  (file) => {
    expect(isInside(file)).toBe(false);
  },
);
test.each(['a', 'a/b.json', '.gitattributes', 'a..b'])('"%s" stays in it', (file) => {
  expect(isInside(file)).toBe(true);
});

test('names', () => {
  expect(parseHubName('amazon/chronos-2')).toEqual({ id: 'amazon/chronos-2', revision: 'main' });
  expect(parseHubName('a/b@refs/pr/1')?.revision).toBe('refs/pr/1');
  for (const bad of ['a', 'a/b/c', 'a/..', '-a/b', 'a/b--c', 'a/b@', 'a/b@..', 'nul/b', 'a/com1'])
    expect(parseHubName(bad)).toBe(null);
  expect(isModelName('plant-2')).toBe(true);
  expect(isModelName('a--b')).toBe(false);
  expect(toModelName('Planta Ñ  (2).final')).toBe('Planta-N-2-.final');
  expect(isModelName(toModelName('…'))).toBe(true);
});

test('licences', () => {
  expect(licenceOfCard({ license: 'Apache-2.0' })).toMatchObject({ id: 'apache-2.0', permissive: true });
  expect(licenceOfCard({ license: ['mit', 'cc-by-nc-4.0'] })).toMatchObject({ permissive: false });
  const other = { license: 'other', license_name: 'plant-1.0', license_link: 'LICENSE' };
  expect(licenceOfCard(other)).toMatchObject({ name: 'plant-1.0', link: 'LICENSE', permissive: false });
  expect(licenceOfCard({ license: 'mit\u001b[2J\nx' }).id).toBe('mit [2j x');
  for (const none of [null, undefined, 7, {}, { license: {} }]) expect(licenceOfCard(none).id).toBe(null);
  expect(licenceOfReadme('---\nlicense: mit\n---\n# x').permissive).toBe(true);
  expect(licenceOfReadme('# license: mit').id).toBe(null);
  expect(licenceOfReadme('---\n{{{\n---\n').id).toBe(null);
});
