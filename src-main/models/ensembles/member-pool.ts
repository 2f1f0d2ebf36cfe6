/**
 * @file Members fitted side by side, each in a thread with its share of the cores. Small fits leave most of a second core
 * idle when they use it one after the other; side by side they fill it. A fitted model travels as its JSON, from which it
 * predicts bit for bit the same, so the result does not depend on who fitted it.
 *
 * The threads belong to this process: when the run is cancelled, by a kill, they are gone with it.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import type { FitContext, FittedModel, SeriesTask } from '../estimator.ts';
import type { MemberJob, MemberResult } from './member-jobs.ts';
import { reporting } from './member-jobs.ts';
import type { FromMember, MemberThreadData, ToMember } from './member-messages.ts';

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'member-worker.ts' : 'member-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

/**
 * Does the jobs in `workers` threads, in the order given; results in that order.
 * @param revive reads a model back from its JSON
 * @throws what a job threw, as AppError; `member-stopped` when a thread ended by itself. The other threads are ended.
 */
export async function runSideBySide(
  jobs: readonly MemberJob[],
  task: SeriesTask,
  workers: number,
  revive: (json: unknown) => FittedModel,
  context: FitContext,
): Promise<MemberResult[]> {
  const results = new Array<MemberResult>(jobs.length);
  const progress = new Float64Array(jobs.length);
  const data: MemberThreadData = {
    task: { ...task, frame: sharedFrame(task.frame) },
    seed: context.seed,
    threads: Math.max(1, Math.floor(context.threads / workers)),
    device: context.device?.choice ?? 'cpu',
  };
  const threads: Worker[] = [];
  let next = 0;
  const drain = async (thread: Worker): Promise<void> => {
    while (next < jobs.length) {
      const j = next++;
      const job = jobs[j];
      const report = reporting(job, context);
      const done = await doJob(thread, job, (message) => {
        switch (message.type) {
          case 'progress':
            progress[j] = message.fraction;
            context.progress(mean(progress), label(job, message.message));
            return;
          case 'curve':
            return report.curve(message.name, message.x, message.y);
          case 'log':
            return report.log(message.level, message.message);
          case 'device':
            return context.device?.used?.(message.used);
        }
      });
      progress[j] = 1;
      context.progress(mean(progress));
      results[j] = { model: job.keep ? revive(done.model) : null, predicted: done.predicted };
    }
  };
  try {
    await Promise.all(
      Array.from({ length: Math.min(workers, jobs.length) }, () => {
        // flags of the parent (test runners, inspectors) are not for this thread
        const thread = new Worker(entry(), { workerData: data, execArgv: [] });
        threads.push(thread);
        return drain(thread);
      }),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return results;
}

type Done = Extract<FromMember, { type: 'done' }>;
type Report = Exclude<FromMember, { type: 'done' | 'failed' }>;

function doJob(thread: Worker, job: MemberJob, hear: (message: Report) => void): Promise<Done> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (message: FromMember): void => {
      if (message.type === 'done') {
        settle();
        resolve(message);
      } else if (message.type === 'failed') {
        settle();
        reject(new AppError(message.error));
      } else hear(message);
    };
    const onError = (cause: Error): void => {
      settle();
      reject(cause); // memory that ran out carries its code, which the run knows how to explain
    };
    const onExit = (code: number): void => {
      settle();
      reject(
        new AppError({
          code: 'member-stopped',
          message: `The thread that fitted ${job.label} ended before it was done (exit code ${code}).`,
          hint: 'Run again; with less memory in use, or with n_jobs: 1.',
        }),
      );
    };
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage({ type: 'fit', job } satisfies ToMember);
  });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const label = (job: MemberJob, message: string | null): string =>
  message === null ? job.label : `${job.label}: ${message}`;

/** The frame with its numbers in shared memory: one copy for all threads. */
function sharedFrame(frame: Frame): Frame {
  return {
    ...frame,
    time: sharedFloats(frame.time),
    columns: frame.columns.map((column) => {
      if (column.type === 'number') return { ...column, values: sharedFloats(column.values) };
      const codes = new Int32Array(new SharedArrayBuffer(column.codes.byteLength));
      codes.set(column.codes);
      return { ...column, codes };
    }),
  };
}

function sharedFloats(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
