/** @file How networks are run on this machine: device, threads. For forecasts and for training. */
import type { Precision } from '../../models/chronos/foundation.ts';
import type { NetworkUse } from '../../models/device-use.ts';
import { TensorDevice } from '../../tensor/device.ts';
import type { SessionOptions } from '../../tensor/session.ts';
import { chooseNetworkDevice } from './network-device.ts';

export interface SessionRequest {
  /** within one operator; undefined: ONNX Runtime's own choice */
  readonly threads: number | undefined;
  /** hears what was chosen; null: the processor, and nobody hears */
  readonly use: NetworkUse | null;
  /** for the log */
  readonly model: string;
  readonly precision: Precision;
}

export async function sessionOptions({
  threads,
  use,
  model,
  precision,
}: SessionRequest): Promise<SessionOptions> {
  const used = use?.device?.used?.bind(use.device);
  // no card has products of 8 bits as they are needed here
  const card = precision === 'int8' ? null : await chooseNetworkDevice(use);
  const device = card ?? new TensorDevice('cpu', [], { log: () => undefined, ...(used ? { used } : {}) });
  const count =
    threads === undefined || card !== null ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`];
  const weights = precision === 'auto' || precision === 'fp32' ? 'fp32' : `${precision} weights`;
  use?.log('info', `Using device: ${[device.name, ...count, weights].join(', ')} (${model})`);
  return {
    device,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // waiting threads would take the cores from what runs beside them
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
