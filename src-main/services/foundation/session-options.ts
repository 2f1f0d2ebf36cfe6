/** @file How networks are run on this machine: device, threads. For forecasts and for training. */
import { chooseNetworkDevice } from './network-device.ts';
import type { NetworkUse } from '../../models/device-use.ts';
import { TensorDevice } from '../../tensor/device.ts';
import type { SessionOptions } from '../../tensor/session.ts';

/**
 * @param threads within one operator; undefined: ONNX Runtime's own choice
 * @param use hears what was chosen; null: the processor, and nobody hears
 * @param model for the log
 */
export async function sessionOptions(
  threads: number | undefined,
  use: NetworkUse | null,
  model: string,
): Promise<SessionOptions> {
  const used = use?.device?.used?.bind(use.device);
  const device =
    (await chooseNetworkDevice(use)) ??
    new TensorDevice('cpu', [], { log: () => undefined, ...(used ? { used } : {}) });
  const count = threads === undefined ? '' : `, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  use?.log('info', `Using device: ${device.name}${device.provider === 'cpu' ? count : ''} (${model})`);
  return {
    device,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // waiting threads would take the cores from what runs beside them
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
