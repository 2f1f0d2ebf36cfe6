/** @file What the workstation can compute on. Answers with data; decides nothing. */
import os from 'node:os';
import { createRequire } from 'node:module';
import systeminformation from 'systeminformation';

export interface Device {
  readonly name: string;
  readonly kind: 'cpu' | 'gpu';
  readonly memoryBytes: number | null;
  /** true where this version can compute on it */
  readonly usable: boolean;
  readonly note: string | null;
}

/** Execution providers that the installed ONNX Runtime was built with, e.g. cpu, webgpu, dml; empty when it cannot be loaded. */
export function executionProviders(): readonly string[] {
  try {
    const require = createRequire(import.meta.url);
    const ort = require('onnxruntime-node') as { listSupportedBackends?(): readonly { name: string }[] };
    return ort.listSupportedBackends?.().map((backend) => backend.name) ?? [];
  } catch {
    return [];
  }
}

/** The processor first, then every graphics card the system reports. */
export async function detectDevices(): Promise<readonly Device[]> {
  const cpu = os.cpus()[0]?.model.trim() ?? 'CPU';
  const devices: Device[] = [
    { name: cpu, kind: 'cpu', memoryBytes: os.totalmem(), usable: true, note: null },
  ];
  try {
    const graphics = await systeminformation.graphics();
    for (const card of graphics.controllers) {
      const name = card.name ?? card.model;
      if (name === '' || name === undefined) continue;
      devices.push({
        name,
        kind: 'gpu',
        memoryBytes: card.memoryTotal
          ? card.memoryTotal * 1024 ** 2
          : card.vram
            ? card.vram * 1024 ** 2
            : null,
        usable: false,
        note: 'Trainings of tree models on large data try it and stay on it where it is faster.',
      });
    }
  } catch {
    // a system that cannot list its cards still has its processor
  }
  return devices;
}

/** Physical cores, at least 1. Hyper-threads slow histogram building down, so they do not count. */
export async function countPhysicalCores(): Promise<number> {
  const { physicalCores } = await systeminformation.cpu();
  return Math.max(1, Math.min(physicalCores || os.availableParallelism(), os.availableParallelism()));
}
