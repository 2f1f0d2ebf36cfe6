import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { attentionError, mostAttentionError, usesAttention } from '../attention-check.ts';
import { TensorDevice } from '../device.ts';
import { Graph } from '../graph.ts';
import type { Value } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { openSession } from '../session.ts';
import { attention } from './fused.ts';

const wave = (length: number, pace: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(pace * i + 1));

/** 2 rows of 3 queries and 5 tokens, 2 heads of 4 numbers; of the first row a token is hidden, of the second all are. */
function network(plainAttention: boolean): Graph {
  const graph = new Graph('attention', { plainAttention });
  const query = graph.input('query', 'float32', ['rows', 3, 8]);
  const [key, value] = ['key', 'value'].map((name) => graph.input(name, 'float32', ['rows', 5, 8]));
  const [keyByHead, valueByHead] = ['keyByHead', 'valueByHead'].map((name) =>
    graph.input(name, 'float32', ['rows', 2, 5, 4]),
  );
  const bias = graph.input('bias', 'float32', ['rows', 2, 3, 5]);
  const visible = graph.input('visible', 'int32', ['rows', 5]);
  const of = { query, heads: 2, scale: 0.5 };
  const made: Record<string, Value> = {
    plain: attention({ ...of, key, value, visible: null }),
    biased: attention({ ...of, key, value, visible: null, bias }),
    hidden: attention({ ...of, key, value, visible }),
    'by head': attention({ ...of, key: keyByHead, value: valueByHead, visible, bias }),
  };
  for (const [name, seen] of Object.entries(made)) graph.output(name, seen);
  return graph;
}

test('attention in steps is that of the operator for all of it', async () => {
  const feeds = {
    query: new Tensor('float32', wave(48, 0.7), [2, 3, 8]),
    key: new Tensor('float32', wave(80, 1.3), [2, 5, 8]),
    value: new Tensor('float32', wave(80, 2.9), [2, 5, 8]),
    keyByHead: new Tensor('float32', wave(80, 0.3), [2, 2, 5, 4]),
    valueByHead: new Tensor('float32', wave(80, 1.9), [2, 2, 5, 4]),
    bias: new Tensor('float32', wave(60, 2.3), [2, 2, 3, 5]),
    visible: new Tensor('int32', Int32Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0, 0), [2, 5]),
  };
  const graphs = [network(false), network(true)];
  expect(graphs.map((graph) => usesAttention(graph.toOnnx()))).toEqual([true, false]);
  const [wanted, found] = await Promise.all(
    graphs.map(async (graph) => {
      const session = await openSession(graph, { intraOpNumThreads: 1 });
      const made = await session.run(feeds);
      await session.release();
      return made;
    }),
  );
  for (const [name, { data, dims }] of Object.entries(wanted)) {
    expect(found[name].dims, name).toEqual(dims);
    const values = found[name].data as Float32Array;
    const differences = values.map((value, i) => Math.abs(value - (data as Float32Array)[i]));
    expect(Math.max(...differences), name).toBeLessThan(1e-6);
  }
});

/** The processor under the name of a card. */
class ImitatedCard extends TensorDevice {
  override options(): InferenceSession.SessionOptions {
    return { executionProviders: ['cpu'], logId: 'card' };
  }
}

test('the check of a device finds what is wrong, and asks once', async () => {
  const card = (name: string): TensorDevice => new ImitatedCard(name, ['webgpu'], { log: () => undefined });
  type Create = Parameters<typeof attentionError>[2];
  const create: Create = (model, options) =>
    InferenceSession.create(encodeOnnx(model), { logSeverityLevel: 3, ...options });
  expect(await attentionError(card('right'), false, create)).toBe(0);
  // the processor leaves the rounding out
  expect(await attentionError(card('right'), true, create)).toBe(0);

  let opened = 0;
  const wrong: Create = (model, options) => {
    opened++;
    if (options.logId !== 'card') return create(model, options);
    const nodes = model.graph.nodes.map((node) =>
      node.type === 'MultiHeadAttention'
        ? { ...node, attributes: { ...node.attributes, scale: { float: 0.9 } } }
        : node,
    );
    return create({ ...model, graph: { ...model.graph, nodes } }, options);
  };
  for (let i = 0; i < 2; i++)
    expect(await attentionError(card('wrong'), false, wrong)).toBeGreaterThan(mostAttentionError(true));
  // asked once: the card and the processor
  expect(opened).toBe(2);
});
