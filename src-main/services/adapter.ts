/** @file The graphics adapter that trees can be grown on, as a process of its own finds it. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Adapter } from '../devices/detect.ts';
import { createForkHost } from '../runs/process-host.ts';
import type { ProcessHost } from '../runs/process-host.ts';

const adapterSchema = z.object({ name: z.string(), software: z.boolean() }).nullable();

/** begins the line that tells it, between whatever a driver prints */
export const adapterMark = 'adapter: ';

/** milliseconds */
const patience = 15_000;

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): string {
  const name = import.meta.url.endsWith('.ts') ? 'adapter-process.ts' : 'adapter-process.js';
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}

/** @returns null where there is none, the driver ends the process, or it does not answer */
export function lookForAdapter(host: ProcessHost = createForkHost()): Promise<Adapter | null> {
  return new Promise((resolve) => {
    const child = host.start(entry(), []);
    let said = '';
    const settle = (adapter: Adapter | null): void => {
      clearTimeout(timer);
      child.kill();
      resolve(adapter);
    };
    const timer = setTimeout(() => settle(null), patience);
    child.onOutput((text) => {
      said += text;
      const line = said.split('\n').find((one, k, all) => one.startsWith(adapterMark) && k < all.length - 1);
      if (line !== undefined) settle(readAdapter(line.slice(adapterMark.length)));
    });
    child.onExit(() => settle(null));
  });
}

function readAdapter(text: string): Adapter | null {
  try {
    return adapterSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
