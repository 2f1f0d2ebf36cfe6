/**
 * @file Histograms and splits by the graphics card, for the engine. Their sums are those of the processor bit for bit, so a training may
 * change between the two at any tree: the card is tried on the first trees and kept where it is faster, and whatever goes
 * wrong with it costs no more than the time of one job.
 */
import { Worker } from 'node:worker_threads';
import type { DeviceChoice, DeviceTrial } from '../../device-use.ts';
import { rulesOf } from '../engine/device-search.ts';
import { slotsWanted } from '../engine/histogram-slots.ts';
import type { FoundBorder, LevelSums, NodeSums, SearchJob, SplitDevice } from '../engine/split-device.ts';
import type { DeviceData, HistogramDevice, MakeDevice } from '../engine/types.ts';
import { readBorders, readLevel, searchable } from './answers.ts';
import { columnsOf } from './gpu-columns.ts';
import { answerBytes } from './gpu-splits.ts';
import { answer, controlBytes, readText } from './protocol.ts';
import type { GpuJob, GpuReport } from './protocol.ts';

export interface GpuOptions {
  /** auto: a real card, where it measures faster; gpu: also an imitation on the processor, without measuring */
  readonly choice: DeviceChoice;
  log(level: 'debug' | 'info' | 'warn', message: string): void;
  /** nodes with fewer rows are left to the threads: asking the device takes longer */
  readonly fromRows?: number;
  /** milliseconds a job may take */
  readonly patience?: number;
  /** auto: what was measured before; nothing is measured again */
  readonly known?: DeviceTrial | null;
  /** auto: what was measured now */
  onMeasured?(trial: DeviceTrial): void;
  /** The driver has done its first work, or there is none: it did not end this process. */
  onSurvived?(): void;
}

export interface Gpu {
  readonly name: string;
  /** for {@link EngineOptions.makeDevice}, once */
  readonly make: MakeDevice;
  /** Who made the histograms of the last trees: the device's name, or `cpu` where it lost the trial or failed. */
  used(): string;
  /** Acts as if the device had been unplugged; for tests. */
  lose(): void;
  close(): Promise<void>;
}

const usualFromRows = 16_384;
/** milliseconds: a driver that does not answer must not hold a training up for long */
const openPatience = 15_000;
const usualPatience = 20_000;
const closePatience = 3_000;
/** most bytes of histograms on the device */
const slotBytes = 512 * 2 ** 20;

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'gpu-worker.ts' : 'gpu-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

/**
 * Gets the graphics device. Never throws: without one, or when it is not to be used, it is null and the log says why.
 */
export async function openGpu(options: GpuOptions): Promise<Gpu | null> {
  const { choice, log } = options;
  if (choice === 'cpu') return null;
  const control = new SharedArrayBuffer(controlBytes);
  const worker = new Worker(entry(), { workerData: { control }, execArgv: [] });
  const report = await firstReport(worker);
  const level = choice === 'gpu' ? 'warn' : 'info';
  const refuse = (reason: string): null => {
    options.onSurvived?.();
    void worker.terminate();
    log(level, `trees are grown on the processor: ${reason}`);
    return null;
  };
  if (report.type === 'none') return refuse(report.reason);
  if (report.software && choice === 'auto') return refuse(`${report.name} is software, not a graphics card`);
  worker.unref();
  return new OpenGpu(worker, control, report, options);
}

/** @returns the thread's word about its device, or why there will be none */
function firstReport(worker: Worker): Promise<GpuReport> {
  return new Promise((resolve) => {
    const none = (reason: string): void => resolve({ type: 'none', reason });
    const timer = setTimeout(() => none('the graphics driver did not answer'), openPatience);
    const settle = (report: GpuReport): void => {
      clearTimeout(timer);
      resolve(report);
    };
    worker.once('message', settle);
    worker.on('error', (error) => settle({ type: 'none', reason: error.message }));
    worker.once('exit', () => settle({ type: 'none', reason: 'the thread of the graphics device ended' }));
  });
}

type Ready = Extract<GpuReport, { type: 'ready' }>;

class OpenGpu implements Gpu, HistogramDevice {
  readonly name: string;
  splits: SplitDevice | null = null;
  readonly #worker: Worker;
  readonly #control: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #options: GpuOptions;
  readonly #trial: Trial;
  readonly #storageBytes: number;
  #sent = 0;
  #usable = true;
  #answered = false;
  #memory: SharedArrayBuffer | null = null;
  #rows = 0;

  constructor(
    worker: Worker,
    control: SharedArrayBuffer,
    { name, storageBytes }: Ready,
    options: GpuOptions,
  ) {
    this.name = name;
    this.#storageBytes = storageBytes;
    this.#worker = worker;
    this.#control = control;
    this.#words = new Int32Array(control);
    this.#options = options;
    this.#trial = createTrial(options.choice === 'auto' && !options.known, () => performance.now());
  }

  used(): string {
    return this.#usable && this.#answered && this.#trial.useGpu ? this.name : 'cpu';
  }

  readonly make: MakeDevice = (data: DeviceData): HistogramDevice | null => {
    const columns = columnsOf(data.columns, data.rows, data.grower.monotone);
    if (columns === null) {
      this.#options.log('debug', 'trees are grown on the processor: their columns change while they grow');
      return null;
    }
    this.#memory = data.memory;
    const { memory, rows, quantised, grower } = data;
    const room = Math.floor(Math.min(slotBytes, this.#storageBytes) / (columns.cells * 16)) - 1;
    const slots = searchable(data) ? Math.min(room, slotsWanted(grower, rows)) : 0;
    const answers = new SharedArrayBuffer(answerBytes(columns.cells));
    const search = slots < 2 ? null : { rules: rulesOf(grower), slots, answers };
    this.#send({ type: 'data', memory, rows, quantised, columns, search });
    if (!this.#wait()) return null;
    if (search !== null) this.splits = this.#splitsOf(slots, columns.cells, answers);
    return this;
  };

  #splitsOf(slots: number, cells: number, answers: SharedArrayBuffer): SplitDevice {
    return {
      slots,
      search: (job: SearchJob): (readonly FoundBorder[] | null)[] | null =>
        this.#ask({ type: 'search', job }) ? readBorders(answers, job.nodes.slots.length) : null,
      level: (nodes: NodeSums, columns: Int32Array): LevelSums | null =>
        this.#ask({ type: 'level', nodes, columns }) ? readLevel(answers, cells) : null,
      pick: (nodes: NodeSums, questions: Int32Array): BigInt64Array | null => {
        const sums = 2 * nodes.slots.length;
        const whole = new BigInt64Array((questions.length / 2) * sums);
        const atOnce = Math.floor(answers.byteLength / (8 * sums));
        for (let from = 0; from < questions.length / 2; from += atOnce) {
          const some = questions.subarray(2 * from, 2 * (from + atOnce));
          if (!this.#ask({ type: 'pick', nodes, questions: some })) return null;
          whole.set(new BigInt64Array(answers, 0, (some.length / 2) * sums), from * sums);
        }
        return whole;
      },
    };
  }

  #ask(job: GpuJob): boolean {
    if (!this.#usable) return false;
    this.#send(job);
    const done = this.#wait();
    if (!this.#answered) this.#options.onSurvived?.();
    this.#answered = true;
    return done;
  }

  get fromRows(): number {
    return this.#usable && this.#trial.useGpu ? (this.#options.fromRows ?? usualFromRows) : Infinity;
  }

  begin(wide: boolean, shift: number, gradientUnit: number, hessianUnit: number): void {
    if (!this.#usable) return;
    const verdict = this.#trial.next();
    if (verdict !== null) {
      this.#options.onMeasured?.(verdict);
      this.#options.log(
        'info',
        verdict.gpu < verdict.cpu
          ? `trees are grown on ${this.name}: ${verdict.gpu.toFixed(0)} ms a tree, ${verdict.cpu.toFixed(0)} ms on the processor`
          : `trees are grown on the processor: ${verdict.cpu.toFixed(0)} ms a tree, ${verdict.gpu.toFixed(0)} ms on ${this.name}`,
      );
    }
    const units = [Math.log2(gradientUnit), Math.log2(hessianUnit)] as const;
    if (this.#trial.useGpu) this.#send({ type: 'begin', wide, shift, units });
  }

  build(rows: Uint32Array | null, cells: BigInt64Array): boolean {
    if (!this.#usable || this.#memory === null) return false;
    const end = Math.max(
      cells.byteOffset + cells.byteLength,
      rows === null ? 0 : rows.byteOffset + rows.byteLength,
    );
    if (end > this.#memory.byteLength) return false; // memory that came later: the device does not see it
    const count = rows?.length ?? this.#rows;
    return this.#ask({ type: 'build', rowsAt: rows?.byteOffset ?? null, count, cellsAt: cells.byteOffset });
  }

  lose(): void {
    this.#send({ type: 'lose' });
  }

  async close(): Promise<void> {
    this.#usable = false;
    if (!this.#answered) this.#options.onSurvived?.();
    if (this.#worker.threadId === -1) return; // it has ended by itself
    this.#worker.postMessage({ type: 'close' } satisfies GpuJob);
    // the device is given back in its thread; a driver that hangs is not waited for
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        void this.#worker.terminate();
        resolve();
      }, closePatience);
      this.#worker.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #send(job: GpuJob): void {
    if (job.type === 'data') this.#rows = job.rows;
    this.#sent++;
    this.#worker.postMessage(job);
  }

  /** Sleeps until all jobs are done. @returns false when one failed; from then on the processor does everything */
  #wait(): boolean {
    const words = this.#words;
    const deadline = Date.now() + (this.#options.patience ?? usualPatience);
    for (;;) {
      if (Atomics.load(words, answer.failed) === 1) return this.#giveUp(readText(this.#control));
      const done = Atomics.load(words, answer.done);
      if (done >= this.#sent) return true;
      const left = deadline - Date.now();
      if (left <= 0) return this.#giveUp('the graphics driver did not answer');
      // woken by a job that is done; looked at now and then for one that failed
      Atomics.wait(words, answer.done, done, Math.min(left, 50));
    }
  }

  #giveUp(reason: string): false {
    if (this.#usable)
      this.#options.log('warn', `${this.name} failed, the processor goes on and nothing is lost: ${reason}`);
    this.#usable = false;
    return false;
  }
}

interface Trial {
  readonly useGpu: boolean;
  /** A tree begins. @returns what both took, in ms a tree, when it was the last of the trial */
  next(): DeviceTrial | null;
}

/**
 * Two trees on the processor, two on the card; the first of each is left out, for it warms up. The faster goes on.
 * Exported for tests.
 */
export function createTrial(measure: boolean, now: () => number): Trial {
  if (!measure) return { useGpu: true, next: () => null };
  const begun: number[] = [];
  let useGpu = false;
  return {
    get useGpu() {
      return useGpu;
    },
    next() {
      if (begun.length > 4) return null;
      begun.push(now());
      const tree = begun.length - 1; // the one that begins
      useGpu = tree >= 2;
      if (tree < 4) return null;
      const verdict = { cpu: begun[2] - begun[1], gpu: begun[4] - begun[3] };
      useGpu = verdict.gpu < verdict.cpu;
      return verdict;
    },
  };
}
