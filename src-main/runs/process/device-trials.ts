/**
 * @file What runs have measured about this machine's graphics card, in one small file beside the objects. Losing it costs
 * the next run a trial, so whatever cannot be read or written is passed over.
 */
import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { DeviceTrials } from '../../models/device-use.ts';

const trialSchema = z.object({ cpu: z.number(), gpu: z.number(), at: z.number() });
const fileSchema = z.object({
  version: z.literal(1),
  trials: z.record(z.string(), trialSchema),
  /** when a run began to use the driver and has not said since that it lives */
  entered: z.number().nullable(),
  /** its process */
  by: z.number().int().optional(),
});
type Kept = z.infer<typeof fileSchema>;

const day = 24 * 3600 * 1000;
/** a driver or a card may have been replaced since */
const trialAge = 30 * day;
const enteredAge = day;
const mostTrials = 100;

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * @param now milliseconds; for tests
 * @param isAlive for tests
 */
export function keepDeviceTrials(
  file: string,
  now: () => number = Date.now,
  isAlive: (pid: number) => boolean = processLives,
): DeviceTrials {
  const read = (): Kept => {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return { version: 1, trials: {}, entered: null };
    }
  };
  const write = (kept: Kept): boolean => {
    try {
      writeFileAtomic.sync(file, `${JSON.stringify(kept, null, 2)}\n`);
      return true;
    } catch {
      return false;
    }
  };
  return {
    recall(key) {
      const trial = read().trials[key];
      return trial === undefined || now() - trial.at > trialAge ? null : { cpu: trial.cpu, gpu: trial.gpu };
    },
    remember(key, { cpu, gpu }) {
      const kept = read();
      const newest = Object.entries({ ...kept.trials, [key]: { cpu, gpu, at: now() } })
        .sort(([, a], [, b]) => b.at - a.at)
        .slice(0, mostTrials);
      write({ ...kept, trials: Object.fromEntries(newest) });
    },
    enter() {
      const kept = read();
      // two that begin at the same time do not take each other for dead
      const ended = kept.by === undefined || !isAlive(kept.by);
      if (kept.entered !== null && ended && now() - kept.entered < enteredAge) return false;
      write({ ...kept, entered: now(), by: process.pid });
      return true;
    },
    leave() {
      const kept = read();
      if (kept.entered !== null) write({ ...kept, entered: null });
    },
  };
}
