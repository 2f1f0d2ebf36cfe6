/** @file One training on the device: its histograms, and the search in them where the device does that too. */
import { usage } from './gpu-device.ts';
import { GpuHistograms } from './gpu-histograms.ts';
import { GpuSplits } from './gpu-splits.ts';
import type { GpuJob } from './protocol.ts';
import { taskWords } from './shader.ts';

type Data = Extract<GpuJob, { type: 'data' }>;
type Begin = Extract<GpuJob, { type: 'begin' }>;

export class GpuForest {
  readonly splits: GpuSplits | null;
  readonly #device: GPUDevice;
  readonly #data: Data;
  readonly #histograms: GpuHistograms;
  /** for histograms that the processor searches: after those of the device's own search */
  readonly #slot: number;
  readonly #back: GPUBuffer;
  readonly #all: Int32Array;

  /** @throws Error when the data are too large for the device */
  constructor(device: GPUDevice, data: Data) {
    this.#device = device;
    this.#data = data;
    const { memory, rows, quantised, columns, search } = data;
    this.#slot = search?.slots ?? 0;
    this.#histograms = new GpuHistograms(device, memory, rows, quantised, columns, this.#slot + 1);
    this.#back = device.createBuffer({
      size: Math.max(16, columns.cells * 16),
      usage: usage.mapRead | usage.copyTo,
    });
    this.#all = Int32Array.from(new Set(columns.columnOf));
    this.splits =
      search === null ? null : new GpuSplits(device, this.#histograms, columns, search.rules, search.answers);
  }

  begin({ wide, shift, units }: Begin): void {
    this.#histograms.begin(wide, shift);
    this.splits?.begin(units);
  }

  /** The histogram of one node, all columns, into the engine's memory. */
  async build(rowsAt: number | null, count: number, cellsAt: number): Promise<void> {
    const { memory, columns } = this.#data;
    this.#histograms.submit(this.#all, Uint32Array.of(rowsAt ?? 0, count, this.#slot));
    const bytes = columns.cells * (this.#histograms.wide ? 16 : 8);
    const commands = this.#device.createCommandEncoder();
    commands.copyBufferToBuffer(this.#histograms.cells, this.#slot * bytes, this.#back, 0, bytes);
    this.#device.queue.submit([commands.finish()]);
    await this.#back.mapAsync(1, 0, bytes);
    const found = this.#back.getMappedRange(0, bytes);
    this.#requireRows(new BigInt64Array(found), count);
    new Uint8Array(memory, cellsAt, bytes).set(new Uint8Array(found));
    this.#back.unmap();
  }

  /** A driver that gave up in silence leaves sums without rows: every row must be in a bin of the first column. */
  #requireRows(found: BigInt64Array, count: number): void {
    const { tasks } = this.#data.columns;
    const { wide, shift } = this.#histograms;
    const mask = (1n << BigInt(shift)) - 1n;
    let sum = 0n;
    for (let task = 0; task < tasks.length && tasks[task + 7] === tasks[7]; task += taskWords)
      for (let cell = tasks[7] + tasks[task + 5]; cell < tasks[7] + tasks[task + 6]; cell++)
        sum += found[wide ? 2 * cell + 1 : cell] & mask;
    if (sum !== BigInt(count)) throw new Error(`it summed ${sum} of ${count} rows`);
  }
}
