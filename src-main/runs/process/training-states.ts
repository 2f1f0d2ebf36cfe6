/**
 * @file What long fits have reached, one file per step beside the objects: a run that was killed goes on from it. A file is found by
 * the step's key, so data, parameters and code are those it was written with. Losing one costs time, no more.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Resumable } from '../../models/estimator.ts';

export interface TrainingStates {
  of(stepKey: string): Resumable;
  /** The step is finished. */
  remove(stepKey: string): void;
}

/** runs that nobody resumes leave theirs behind */
const oldAge = 14 * 24 * 3600 * 1000;
/** writing takes at most this share of the time */
const share = 1 / 20;
const leastPauseMs = 1000;

/** @param folder made when the first state comes */
export function openTrainingStates(folder: string, now: () => number = Date.now): TrainingStates {
  const fileOf = (key: string): string => path.join(folder, `${key}.safetensors`);
  return {
    of(key) {
      let last = now();
      let took = 0;
      return {
        load: () => read(fileOf(key)),
        due: () => now() - last >= Math.max(leastPauseMs, took / share),
        save(parts) {
          const began = now();
          try {
            mkdirSync(folder, { recursive: true });
            removeOld(folder, began);
            replace(fileOf(key), parts);
          } catch {
            // a full disk: training goes on, and a kill costs what was reached since
          }
          last = now();
          took = last - began;
        },
      };
    },
    remove: (key) => rmSync(fileOf(key), { force: true }),
  };
}

function replace(file: string, parts: readonly Uint8Array[]): void {
  const temporary = `${file}.${process.pid}`;
  try {
    const handle = openSync(temporary, 'w');
    try {
      for (const part of parts)
        for (let at = 0; at < part.length;) at += writeSync(handle, part, at, part.length - at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function read(file: string): Uint8Array | null {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = new Uint8Array(fstatSync(handle).size);
      for (let at = 0; at < bytes.length;) {
        const count = readSync(handle, bytes, at, Math.min(bytes.length - at, 1 << 30), at);
        if (count === 0) return null;
        at += count;
      }
      return bytes;
    } finally {
      closeSync(handle);
    }
  } catch {
    return null;
  }
}

function removeOld(folder: string, at: number): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (modified !== undefined && at - modified > oldAge) rmSync(file, { force: true });
  }
}
