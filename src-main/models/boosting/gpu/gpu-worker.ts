/** @file The thread that owns the graphics device: does the engine's jobs in order and says in shared memory when each is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { guarded, openDevice } from './gpu-device.ts';
import { GpuForest } from './gpu-forest.ts';
import { answer, writeText } from './protocol.ts';
import type { GpuJob, GpuReport } from './protocol.ts';

const { control } = workerData as { readonly control: SharedArrayBuffer };
const words = new Int32Array(control);
const port = parentPort!;
const report = (message: GpuReport): void => port.postMessage(message);

function finish(): void {
  Atomics.add(words, answer.done, 1);
  Atomics.notify(words, answer.done);
}

function fail(reason: string): void {
  if (Atomics.load(words, answer.failed) === 1) return;
  writeText(control, reason);
  Atomics.store(words, answer.failed, 1);
  Atomics.notify(words, answer.done);
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const opened = await openDevice().catch(textOf);
if (typeof opened === 'string') {
  report({ type: 'none', reason: opened });
} else {
  const { device } = opened;
  void device.lost.then(({ message, reason }) => fail(`the device was lost (${reason}): ${message}`));
  device.addEventListener('uncapturederror', ({ error }) => fail(error.message));
  let forest: GpuForest | null = null;
  const work = async (job: GpuJob): Promise<void> => {
    switch (job.type) {
      case 'data':
        forest = new GpuForest(device, job);
        return device.queue.onSubmittedWorkDone();
      case 'begin':
        return forest?.begin(job);
      case 'build':
        return forest?.build(job.rowsAt, job.count, job.cellsAt);
      case 'search':
        return forest?.splits?.search(job.job);
      case 'level':
        return forest?.splits?.level(job.nodes, job.columns);
      case 'pick':
        return forest?.splits?.pick(job.nodes, job.questions);
      case 'lose':
        opened.device.destroy(); // by way of `opened`, so that all of it lives as long as this function
        break;
      case 'close':
        opened.device.destroy();
        port.close();
    }
  };
  let queue = Promise.resolve();
  port.on('message', (job: GpuJob) => {
    queue = queue
      .then(() =>
        job.type === 'lose' || job.type === 'close' ? work(job) : guarded(device, () => work(job)),
      )
      // a job that went wrong never counts as done
      .then(() => (Atomics.load(words, answer.failed) === 0 ? finish() : undefined))
      .catch((error: unknown) => fail(textOf(error)));
  });
  report({
    type: 'ready',
    name: opened.name,
    software: opened.software,
    storageBytes: device.limits.maxStorageBufferBindingSize,
  });
}
