import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import { readSafetensors, toFloats, writeSafetensors } from './safetensors.ts';

const bytes = (values: Float32Array | Float16Array | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer);
const file = writeSafetensors(
  new Map([
    ['half', { type: 'float16' as const, dims: [3], data: bytes(Float16Array.of(0.5, -2, 65504)) }],
    ['brain', { type: 'bfloat16' as const, dims: [2], data: Uint8Array.of(0x80, 0x3f, 0x20, 0xc1) }],
    ['count', { type: 'int64' as const, dims: [], data: bytes(BigInt64Array.of(7n)) }],
    ['weight', { type: 'float32' as const, dims: [2, 2], data: bytes(Float32Array.of(1, 2, 3, Math.PI)) }],
    ['none', { type: 'float32' as const, dims: [0, 4], data: new Uint8Array(0) }],
  ]),
  { format: 'pt', note: 'a' },
);

test.for([
  ['bytes', file],
  ['a Node buffer, whose slices are views', Buffer.concat([Buffer.from('before'), file]).subarray(6)],
] as const)('what is written is read back from %s', ([, source]) => {
  const { tensors, metadata } = readSafetensors(source, 'a.safetensors');
  expect(metadata).toEqual({ format: 'pt', note: 'a' });
  expect([...tensors.keys()].toSorted()).toEqual(['brain', 'count', 'half', 'none', 'weight']);
  const of = (name: string) => tensors.get(name) ?? expect.fail(name);
  expect([...toFloats(of('weight'), 'a')]).toEqual([1, 2, 3, Math.fround(Math.PI)]);
  expect([...toFloats(of('half'), 'a')]).toEqual([0.5, -2, 65504]);
  expect([...toFloats(of('brain'), 'a')]).toEqual([1, -10]);
  expect(of('none').dims).toEqual([0, 4]);
  expect(() => toFloats(of('count'), 'a')).toThrow('int64');
});

const withHeader = (header: unknown, body: number): Uint8Array => {
  const json = Buffer.from(JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + body);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
};
const f32 = (shape: readonly number[], from: number, to: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

test.each([
  ['a length beyond the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127), 'header'],
  ['no header', new Uint8Array(3), '3 bytes'],
  ['a header that is a list', withHeader([], 0), 'not an object'],
  ['a tensor beyond the file', withHeader({ w: f32([4], 0, 16) }, 8), '"w"'],
  ['a shape that does not fit', withHeader({ w: f32([3], 0, 16) }, 16), '"w"'],
  ['a shape beyond all numbers', withHeader({ w: f32([2 ** 40, 2 ** 40], 0, 16) }, 16), '"w"'],
  ['tensors that overlap', withHeader({ v: f32([2], 0, 8), w: f32([2], 4, 12) }, 12), 'overlap'],
  [
    'an unknown type',
    withHeader({ w: { dtype: 'constructor', shape: [1], data_offsets: [0, 4] } }, 4),
    'constructor',
  ],
])('%s is refused', (_, broken, message) => {
  expect(() => readSafetensors(broken, 'bad.safetensors')).toThrow(
    expect.objectContaining({
      code: 'tensor-file',
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});

test('damage gives an error or a readable file, never anything else', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), (at, value, length) => {
      const damaged = file.slice(0, length);
      if (at < length) damaged[at] = value;
      try {
        readSafetensors(damaged, 'a');
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 500 },
  );
});
