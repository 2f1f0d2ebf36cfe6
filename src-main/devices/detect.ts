/** @file What the workstation can compute on. Answers with data; decides nothing. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import systeminformation from 'systeminformation';
import type { Device } from '../../src-preload/contract/index.ts';

/** What WebGPU found. */
export interface Adapter {
  readonly name: string;
  /** an imitation on the processor */
  readonly software: boolean;
}

/**
 * Execution providers of the installed ONNX Runtime: those it brings along, e.g. cpu, webgpu, dml, and cuda where somebody has put
 * its library beside them; empty when it cannot be loaded.
 */
export function executionProviders(): readonly string[] {
  try {
    const require = createRequire(import.meta.url);
    const binaries = path.join(
      path.dirname(require.resolve('onnxruntime-node')),
      ...['..', 'bin', 'napi-v6', process.platform, process.arch],
    );
    const libraries: Readonly<Record<string, string>> = { cuda: 'libonnxruntime_providers_cuda.so' };
    const ort = require('onnxruntime-node') as {
      listSupportedBackends?(): readonly { readonly name: string; readonly bundled: boolean }[];
    };
    const backends = ort.listSupportedBackends?.() ?? [];
    const isThere = (library: string | undefined): boolean =>
      library !== undefined && existsSync(path.join(binaries, library));
    return backends
      .filter(({ name, bundled }) => bundled || isThere(libraries[name]))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/**
 * The processor first, then every graphics card the system reports, and the one that WebGPU has found.
 * @param adapter null: trees are grown on no card
 */
export async function detectDevices(adapter: Adapter | null): Promise<Device[]> {
  const processor: Device = {
    name: os.cpus()[0]?.model.trim() ?? 'CPU',
    kind: 'cpu',
    memoryBytes: os.totalmem(),
    trees: 'always',
    networks: executionProviders().length > 0,
  };
  return [processor, ...withAdapter(await listCards(), adapter)];
}

export interface Card {
  readonly name: string;
  readonly memoryBytes: number | null;
  /** what is free of it now, where the driver tells */
  readonly freeBytes?: number;
}

/** Graphics cards as the system reports them. */
export async function listCards(): Promise<Card[]> {
  try {
    const { controllers } = await systeminformation.graphics();
    return controllers.flatMap(({ name, model, memoryTotal, memoryFree, vram }) => {
      const called = name ?? model;
      const mebibytes = memoryTotal ?? vram;
      const free = memoryFree === undefined ? {} : { freeBytes: memoryFree * 1024 ** 2 };
      return called ? [{ name: called, memoryBytes: mebibytes ? mebibytes * 1024 ** 2 : null, ...free }] : [];
    });
  } catch {
    return []; // a system that cannot list its cards still has its processor
  }
}

/** Cards as devices: the adapter is the one of the same name, or the only one. Exported for tests. */
export function withAdapter(cards: readonly Card[], adapter: Adapter | null): Device[] {
  const words = (name: string): Set<string> => new Set(name.toLowerCase().match(/[a-z0-9]+/g));
  const isSame = ({ name }: Card): boolean => {
    const [ours, theirs] = [words(name), words(adapter?.name ?? '')];
    return [...ours].filter((word) => theirs.has(word)).length >= Math.min(2, ours.size, theirs.size);
  };
  // an imitation on the processor is no card
  const usable = adapter === null || adapter.software ? null : adapter;
  const same =
    usable === null ? undefined : (cards.find(isSame) ?? (cards.length === 1 ? cards[0] : undefined));
  const unlisted = usable !== null && same === undefined ? [{ name: usable.name, memoryBytes: null }] : [];
  return [...cards, ...unlisted].map((card) => ({
    name: card.name,
    memoryBytes: card.memoryBytes,
    kind: 'gpu',
    trees: usable !== null && [same, unlisted[0]].includes(card) ? 'where-faster' : null,
    networks: false,
  }));
}

/** Physical cores, at least 1. Hyper-threads slow histogram building down, so they do not count. */
export async function countPhysicalCores(): Promise<number> {
  const { physicalCores } = await systeminformation.cpu();
  return Math.max(1, Math.min(physicalCores || os.availableParallelism(), os.availableParallelism()));
}

/** Bytes that are free on this machine. macOS gives back what it holds when it is asked for, and counts little as free. */
export const freeMemory = (): number =>
  process.platform === 'darwin' ? Math.max(os.freemem(), os.totalmem() / 4) : process.availableMemory();
