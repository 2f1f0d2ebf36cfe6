/** @file Where networks run: a graphics card that ONNX Runtime reaches, or the processor. The same choice on the same machine each time. */
import type { NetworkUse } from '../../models/device-use.ts';
import { TensorDevice } from '../../tensor/device.ts';
import type { DeviceHooks, Provider } from '../../tensor/device.ts';
import { executionProviders, listCards } from '../../devices/detect.ts';
import type { Card } from '../../devices/detect.ts';

/** Best first. CoreML knows few of the operators, so most of the work would stay with the processor. */
const preferred: Partial<Record<NodeJS.Platform, readonly Provider[]>> = {
  win32: ['cuda', 'dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
  linux: ['cuda', 'webgpu'],
};

/** Execution providers that reach a graphics card here. */
export const cardProviders = (
  platform: NodeJS.Platform = process.platform,
  present: readonly string[] = executionProviders(),
): Provider[] => (preferred[platform] ?? ['webgpu']).filter((provider) => present.includes(provider));

const makers = /\b(nvidia|geforce|quadro|tesla|radeon|instinct|amd|apple|arc)\b/i;
const leastMemory = 2 * 2 ** 30;

/** Sooner than a few cores without having been timed: cards of their own with memory of their own, and Apple's. */
export const isFast = ({ name, memoryBytes }: Card): boolean =>
  makers.test(name) && (/\bapple\b/i.test(name) || (memoryBytes ?? 0) >= leastMemory);

/** The one with most memory of those that `choice` may use; null: none. */
export function chooseCard(cards: readonly Card[], choice: 'auto' | 'gpu'): Card | null {
  const usable = choice === 'gpu' ? cards : cards.filter(isFast);
  return usable.toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))[0] ?? null;
}

/** Networks run on it where the recipe leaves the choice. */
export const runsNetworks = (card: Card): boolean => isFast(card) && cardProviders().length > 0;

let known: Promise<readonly Card[]> | null = null;
const knownCards = (): Promise<readonly Card[]> => (known ??= listCards());

export interface NetworkDevice {
  readonly device: TensorDevice;
  /** bytes that were free on the card when it was first looked for, or all it has; infinite: not known */
  readonly memory: number;
}

/** Have products and attention of 16 bits. CoreML is given graphs in a form that has none. */
const halfProviders: readonly Provider[] = ['cuda', 'dml', 'webgpu'];

/**
 * Says in the log which cards there are.
 * @param half products are to have 16 bits where the card has such
 * @param list the cards of this machine, asked for only where one may be used
 * @returns null: the processor does the work
 */
export async function chooseNetworkDevice(
  use: NetworkUse | null,
  half = false,
  list = knownCards,
): Promise<NetworkDevice | null> {
  const choice = use?.device?.choice ?? 'cpu';
  if (use === null || choice === 'cpu') return null;
  const cards = await list();
  for (const card of cards) use.log('info', `GPU detected: ${described(card)}`);
  const card = chooseCard(cards, choice);
  // `gpu` takes whatever answers, also an imitation on the processor, which the system lists as no card
  if (card === null && choice === 'auto') return null;
  const providers = cardProviders();
  if (providers.length === 0) return null;
  const { trials = null, used } = use.device!;
  const hooks: DeviceHooks = {
    log: (level, message) => use.log(level, message),
    ...(used === undefined ? {} : { used: (name) => used(name) }),
    ...(trials === null || choice === 'gpu' ? {} : { enter: () => trials.enter() }),
    leave: () => trials?.leave(),
  };
  const device = new TensorDevice(card?.name ?? 'graphics', providers, hooks, half ? halfProviders : []);
  return { device, memory: card?.freeBytes ?? card?.memoryBytes ?? Infinity };
}

const described = ({ name, memoryBytes }: Card): string =>
  memoryBytes === null ? name : `${name}, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB`;
