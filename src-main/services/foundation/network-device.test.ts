import { expect, test } from 'vitest';
import type { DeviceTrials } from '../../models/device-use.ts';
import { TensorDevice } from '../../tensor/device.ts';
import { cardProviders, chooseCard, chooseNetworkDevice, isFast } from './network-device.ts';

const gibibyte = 2 ** 30;
const card = (name: string, memory: number | null) => ({
  name,
  memoryBytes: memory === null ? null : memory * gibibyte,
});

test('auto takes a card of its own memory, gpu takes any', () => {
  const integrated = card('Intel UHD Graphics 770', 1);
  const strong = card('NVIDIA GeForce RTX 4070', 12);
  expect(chooseCard([integrated, strong], 'auto')).toBe(strong);
  expect(chooseCard([integrated], 'auto')).toBeNull();
  expect(chooseCard([integrated], 'gpu')).toBe(integrated);
  expect(chooseCard([], 'gpu')).toBeNull();
  expect(
    [card('Apple M3', null), card('Intel Arc A770', 16), card('AMD Radeon RX 7800 XT', 16)].every(isFast),
  ).toBe(true);
  expect(
    [
      card('AMD Radeon Graphics', 0.5),
      card('Microsoft Basic Display Adapter', null),
      card('VMware SVGA 3D', 4),
    ].some(isFast),
  ).toBe(false);
});

test('providers in the order of the platform, of those that are here', () => {
  expect(cardProviders('win32', ['cpu', 'webgpu', 'dml'])).toEqual(['dml', 'webgpu']);
  expect(cardProviders('darwin', ['cpu', 'coreml', 'webgpu'])).toEqual(['webgpu', 'coreml']);
  expect(cardProviders('linux', ['cpu', 'webgpu'])).toEqual(['webgpu']);
  expect(cardProviders('linux', ['cpu'])).toEqual([]);
});

test('the processor is asked for, or nobody asks', async () => {
  expect(await chooseNetworkDevice(null)).toBeNull();
  expect(
    await chooseNetworkDevice({ device: { choice: 'cpu', trials: null }, log: () => undefined }),
  ).toBeNull();
});

test('the log says which cards there are, and nothing of them where none may be used', async () => {
  const cards = [card('NVIDIA GeForce RTX 4070', 12), card('Intel UHD Graphics 770', null)];
  const logs: string[] = [];
  let asked = 0;
  const choose = (choice: 'auto' | 'gpu' | 'cpu', of = cards) => {
    logs.length = 0;
    const use = {
      device: { choice, trials: null },
      log: (level: string, line: string) => void logs.push(`${level} ${line}`),
    };
    return chooseNetworkDevice(use, false, () => (asked++, Promise.resolve(of)));
  };
  const said = [
    'info GPU detected: NVIDIA GeForce RTX 4070, 12.0 GiB',
    'info GPU detected: Intel UHD Graphics 770',
  ];
  for (const choice of ['auto', 'gpu'] as const) {
    const chosen = await choose(choice);
    expect(logs).toEqual(said);
    // without a provider that reaches cards the processor is left
    if (cardProviders().length === 0) expect(chosen).toBeNull();
    else expect(chosen).toMatchObject({ device: { provider: cardProviders()[0] }, memory: 12 * gibibyte });
  }
  expect(await choose('auto', cards.slice(1))).toBeNull();
  expect(logs).toEqual(said.slice(1));
  expect(asked).toBe(3);
  expect(await choose('cpu')).toBeNull();
  expect({ logs, asked }).toEqual({ logs: [], asked: 3 });
});

test('a device that fails is left for the next, once', () => {
  const log: string[] = [];
  const used: string[] = [];
  const device = new TensorDevice('RTX', ['cuda', 'webgpu'], {
    log: (_, message) => void log.push(message),
    used: (name) => void used.push(name),
  });
  expect(device.name).toBe('RTX (CUDA)');
  device.fail(new Error('no library\nat somewhere'));
  expect(device.name).toBe('RTX (WebGPU)');
  device.done();
  device.done();
  device.fail(new Error('device lost'));
  device.done();
  device.fail(new Error('nothing is left'));
  expect(device.provider).toBe('cpu');
  expect(used).toEqual(['RTX', 'cpu']);
  expect(log).toEqual([
    'CUDA failed (no library): the work goes on with WebGPU',
    'Using device: RTX (WebGPU)',
    'WebGPU failed (device lost): the work goes on with the processor',
    'Using device: cpu',
  ]);
});

test('a driver that ended a run lately is left alone, and one that lives says so', () => {
  const calls: string[] = [];
  const trials = (may: boolean): Pick<DeviceTrials, 'enter' | 'leave'> => ({
    enter: () => (calls.push('enter'), may),
    leave: () => void calls.push('leave'),
  });
  const open = (may: boolean): TensorDevice =>
    new TensorDevice('RTX', ['webgpu'], { log: (_, message) => void calls.push(message), ...trials(may) });
  const bad = open(false);
  bad.begin();
  expect(bad.provider).toBe('cpu');
  expect(calls).toEqual(['enter', expect.stringMatching(/^lately a run ended abruptly/)]);
  calls.length = 0;
  const good = open(true);
  for (let i = 0; i < 2; i++) {
    good.begin();
    good.done();
  }
  expect(calls).toEqual(['enter', 'leave']);
});
