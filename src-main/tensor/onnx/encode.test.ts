import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { encodeOnnx } from './encode.ts';

const floats = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

test('ONNX Runtime runs what is written: initialisers, attributes, sizes known only at run time', async () => {
  const bytes = encodeOnnx({
    irVersion: 10,
    producer: 'voltcast',
    opsets: { '': 21 },
    metadata: { made: 'by hand' },
    graph: {
      name: 'affine',
      nodes: [
        { type: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] },
        {
          type: 'LeakyRelu',
          name: 'leak',
          inputs: ['y'],
          outputs: ['z'],
          attributes: { alpha: { float: 0.5 } },
        },
        { type: 'Transpose', inputs: ['z'], outputs: ['out'], attributes: { perm: { ints: [1, 0] } } },
        {
          type: 'Constant',
          inputs: [],
          outputs: ['one'],
          attributes: {
            value: {
              tensor: { type: 'int64', dims: [1], data: new Uint8Array(BigInt64Array.of(-7n).buffer) },
            },
          },
        },
      ],
      inputs: [{ name: 'x', type: 'float32', dims: ['rows', 2] }],
      outputs: [
        { name: 'out', type: 'float32', dims: [3, 'rows'] },
        { name: 'one', type: 'int64', dims: [1] },
      ],
      initializers: new Map([['w', { type: 'float32', dims: [2, 3], data: floats([1, 0, -1, 0, 1, 2]) }]]),
    },
  });
  const session = await InferenceSession.create(bytes);
  const { out, one } = await session.run({ x: new Tensor('float32', [1, 2, -3, 4], [2, 2]) });
  expect(out.dims).toEqual([3, 2]);
  expect([...(out.data as Float32Array)]).toEqual([1, -1.5, 2, 4, 3, 11]);
  expect([...(one.data as BigInt64Array)]).toEqual([-7n]);
});
