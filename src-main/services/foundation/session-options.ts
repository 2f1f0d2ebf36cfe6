/** @file How networks are run on this machine: device, threads. For forecasts and for training. */
import type { Precision } from '../../models/chronos/foundation.ts';
import type { NetworkUse } from '../../models/device-use.ts';
import { TensorDevice } from '../../tensor/device.ts';
import type { SessionOptions } from '../../tensor/session.ts';
import type { StoredTensors } from '../../tensor/stored.ts';
import { freeMemory } from '../../devices/detect.ts';
import { chooseNetworkDevice } from './network-device.ts';

export interface SessionRequest {
  /** within one operator; undefined: ONNX Runtime's own choice */
  readonly threads: number | undefined;
  /** hears what was chosen; null: the processor, and nobody hears */
  readonly use: NetworkUse | null;
  /** for the log */
  readonly model: string;
  /** fp16: products of 16 bits, on a card; int8: on the processor */
  readonly precision: Precision;
  /** as the weights are held, for the log; default: 32 bits */
  readonly weights?: WeightType;
}

export type WeightType = 'fp32' | 'fp16' | 'bf16' | 'int8';

/** How most of the weights are held. */
export function weightType({ tensors, int8 }: StoredTensors & { readonly int8?: unknown }): WeightType {
  if (int8 !== undefined) return 'int8';
  const types = new Set([...tensors.values()].map(({ type }) => type));
  if (types.has('float16')) return 'fp16';
  return types.has('bfloat16') ? 'bf16' : 'fp32';
}

/** `fp32`, `fp16 arithmetic`, or what is held otherwise than it is computed with. */
function precisionName(weights: WeightType, half: boolean): string {
  if (half) return 'fp16 arithmetic';
  if (weights === 'int8') return 'int8 weights';
  return weights === 'fp32' ? 'fp32' : `${weights} weights, fp32 arithmetic`;
}

export async function sessionOptions({
  threads,
  use,
  model,
  precision,
  weights = 'fp32',
}: SessionRequest): Promise<SessionOptions> {
  const used = use?.device?.used?.bind(use.device);
  // no card has products of 8 bits as they are needed here
  const card = precision === 'int8' ? null : await chooseNetworkDevice(use, precision === 'fp16');
  const device =
    card?.device ?? new TensorDevice('cpu', [], { log: () => undefined, ...(used ? { used } : {}) });
  const count =
    threads === undefined || card !== null ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`];
  const arithmetic = precisionName(weights, device.half);
  use?.log('info', `Using device: ${[device.name, ...count, arithmetic].join(', ')} (${model})`);
  return {
    device,
    freeMemory: (onCard) => (onCard && card !== null ? card.memory : freeMemory()),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // waiting threads would take the cores from what runs beside them
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
