/**
 * @file Whether the operator that does all of attention is right on a device. ONNX Runtime takes other programs for it as queries become
 * more (WebGPU: from 32 on), and these count on properties of the card that not every card has: on a software device with lanes in
 * fours WebGPU's results were off by a tenth of the values, without a word. So it is tried before it is trusted.
 */
import { Tensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { TensorDevice } from './device.ts';
import { Graph } from './graph.ts';
import type { OnnxModel } from './onnx/model.ts';
import { attention } from './ops/fused.ts';

type Create = (model: OnnxModel, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;

export const usesAttention = ({ graph }: OnnxModel): boolean =>
  graph.nodes.some(({ type }) => type === 'MultiHeadAttention');

/** Of values below 1, as {@link attentionError}; the rounding to 16 bits alone makes 0.003. */
export const mostAttentionError = (half: boolean): number => (half ? 0.02 : 1e-3);

interface Trial {
  readonly queries: number;
  readonly keys: number;
  readonly headSize: number;
  /** what is added to scores is one for all heads, or one for each; absent: nothing is */
  readonly biases?: 1 | 2;
}

const heads = 2;
/** As the networks have them: with few queries and many, hidden tokens and none, the usual sizes of heads. */
const trials: readonly Trial[] = [
  { queries: 40, keys: 40, headSize: 64 },
  { queries: 140, keys: 140, headSize: 32, biases: 1 },
  { queries: 40, keys: 40, headSize: 64, biases: heads },
  { queries: 2, keys: 140, headSize: 64, biases: 1 },
  { queries: 2, keys: 140, headSize: 32 },
];

const known = new Map<string, Promise<number>>();

/**
 * Largest difference from the processor, of values below 1; a device is asked once in a process.
 * @param half in 16 bits
 * @param create opens a session
 * @throws what the device throws: it may not be there
 */
export function attentionError(device: TensorDevice, half: boolean, create: Create): Promise<number> {
  const key = `${device.name} ${half}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const error = compared(device.options(), half, create);
  known.set(key, error);
  error.catch(() => known.delete(key));
  return error;
}

async function compared(
  options: InferenceSession.SessionOptions,
  half: boolean,
  create: Create,
): Promise<number> {
  const found = await outputs(trialGraph(half), options, create);
  const wanted = await outputs(trialGraph(false), { executionProviders: ['cpu'] }, create);
  let worst = 0;
  wanted.forEach((values, trial) =>
    values.forEach((value, i) => {
      const difference = Math.abs(value - (found[trial]![i] ?? Number.NaN));
      worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    }),
  );
  return worst;
}

function trialGraph(half: boolean): Graph {
  const graph = new Graph('attention', { halfProducts: half });
  trials.forEach(({ queries, keys, headSize, biases }, i) => {
    const input = (name: string, shape: readonly number[]) => graph.input(`${name}${i}`, 'float32', shape);
    const among = [1, keys, heads * headSize];
    const bias = biases === undefined ? {} : { bias: input('bias', [1, biases, queries, keys]) };
    const [query, key, value] = [
      input('query', [1, queries, heads * headSize]),
      input('key', among),
      input('value', among),
    ];
    graph.output(`seen${i}`, attention({ query, key, value, visible: null, ...bias, heads, scale: 1 }));
  });
  return graph;
}

async function outputs(
  graph: Graph,
  options: InferenceSession.SessionOptions,
  create: Create,
): Promise<Float32Array[]> {
  const model = graph.toOnnx();
  const session = await create(model, { intraOpNumThreads: 1, ...options });
  try {
    const feeds = model.graph.inputs.map(({ name, dims }, i) => {
      const size = (dims as readonly number[]).reduce((product, dim) => product * dim);
      return [name, new Tensor('float32', valuesOf(name, size, i), dims as readonly number[])] as const;
    });
    const made = await session.run(Object.fromEntries(feeds));
    return trials.map((_, i) => made[`seen${i}`]!.data as Float32Array);
  } finally {
    await session.release();
  }
}

/** Waves; biases of that kind too, and every fifth hides its token. */
const valuesOf = (name: string, size: number, pace: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) =>
    name.startsWith('bias') && i % 5 === 3 ? -1e30 : Math.sin((0.37 + pace / 11) * i + pace),
  );
