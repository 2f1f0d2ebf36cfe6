import { expect, test } from 'vitest';
import { detectDevices, executionProviders, withAdapter } from './detect.ts';

const card = (name: string) => ({ name, memoryBytes: 8 * 2 ** 30 });
const adapter = (name: string, software = false) => ({ name, software });
const used = (...given: Parameters<typeof withAdapter>) =>
  withAdapter(...given).map(({ name, trees }) => [name, trees]);

test('of several cards, trees are for the one that WebGPU has found', () => {
  const cards = [card('Intel UHD Graphics 770'), card('NVIDIA GeForce RTX 4070')];
  expect(used(cards, adapter('NVIDIA GeForce RTX 4070'))).toEqual([
    ['Intel UHD Graphics 770', null],
    ['NVIDIA GeForce RTX 4070', 'where-faster'],
  ]);
  // under a name of the driver's own
  expect(used(cards, adapter('Intel(R) UHD Graphics 770 (ADL-S GT1)'))[0]).toEqual([
    cards[0].name,
    'where-faster',
  ]);
});

test('a card that the system does not list, or calls otherwise', () => {
  expect(used([], adapter('Apple M3'))).toEqual([['Apple M3', 'where-faster']]);
  expect(used([card('Graphics')], adapter('AMD Radeon 780M'))).toEqual([['Graphics', 'where-faster']]);
});

test('no adapter, or an imitation on the processor: no card is used', () => {
  expect(used([card('NVIDIA GeForce RTX 4070')], null)).toEqual([['NVIDIA GeForce RTX 4070', null]]);
  expect(used([], adapter('SwiftShader driver', true))).toEqual([]);
});

test('the processor is used for trees and networks', async () => {
  const [processor] = await detectDevices(null);
  expect(processor).toMatchObject({ kind: 'cpu', trees: 'always', networks: true });
  expect(executionProviders()).toContain('cpu');
});
