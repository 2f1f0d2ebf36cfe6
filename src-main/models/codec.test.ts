import { expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import { pack, packedSchema, unpack } from './codec.ts';

test.each([
  ['f64', Float64Array.of(0.1, -0, Number.NaN, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, 2 ** 53 + 2)],
  ['f32', Float32Array.of(1.5, -3.25)],
  ['i32', Int32Array.of(-1, 2 ** 31 - 1)],
  ['u8', Uint8Array.of(0, 255, 7)],
  ['f64', new Float64Array(0)],
] as const)('%s comes back bit for bit through JSON', (kind, values) => {
  const packed = packedSchema.parse(JSON.parse(JSON.stringify(pack(values))));
  const back = unpack(packed, kind, 'x');
  expect(back).toEqual(values);
  expect(Object.is(back[1], values[1])).toBe(true);
});

test('a view packs its own part', () => {
  expect(unpack(pack(Float64Array.of(1, 2, 3).subarray(1)), 'f64', 'x')).toEqual(Float64Array.of(2, 3));
});

test.each([
  ['another kind', { kind: 'i32' as const, length: 1, data: 'AAAAAA==' }],
  ['too few bytes', { kind: 'f64' as const, length: 2, data: Buffer.alloc(8).toString('base64') }],
  ['a length that lies', { kind: 'f64' as const, length: 2 ** 40, data: '' }],
])('%s is refused', (_name, packed) => {
  expect(() => unpack(packed, 'f64', 'forest.value')).toThrow(AppError);
  expect(() => unpack(packed, 'f64', 'forest.value')).toThrow(/forest\.value/);
});
