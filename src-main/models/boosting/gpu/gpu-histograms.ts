/** @file Histograms on the device: what they are made from, room for them in slots, and the making. */
import { JobBuffer, makeBuffer, upload, usage } from './gpu-device.ts';
import type { GpuColumns } from './protocol.ts';
import { groupRows, groupSize, shader, stretchWords, sumWords, taskWords } from './shader.ts';

/** most bytes of the sums of nodes that are made together */
const sumBytes = 64 * 2 ** 20;
/** words per node: address of its row numbers in the engine's memory (0: all rows in order), rows, slot */
export const builtWords = 3;

export class GpuHistograms {
  /** all slots, one after the other; cells of 8 bytes or, wide, of 16 */
  readonly cells: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #memory: SharedArrayBuffer;
  readonly #quantised: number;
  readonly #rows: number;
  readonly #columns: GpuColumns;
  readonly #bins: GPUBuffer;
  readonly #gradients: GPUBuffer;
  readonly #rowList: GPUBuffer;
  readonly #sums: GPUBuffer;
  readonly #params: GPUBuffer;
  readonly #tasks: JobBuffer;
  readonly #stretches: JobBuffer;
  readonly #slots: JobBuffer;
  readonly #atOnce: number;
  readonly #layout: GPUBindGroupLayout;
  readonly #accumulate: GPUComputePipeline;
  readonly #combine: GPUComputePipeline;
  #bindings: GPUBindGroup | null = null;
  #taskCount = 0;
  #inUse: Int32Array | null = null;
  wide = false;
  shift = 0;

  /** @throws Error when the columns are too large for the device */
  constructor(
    device: GPUDevice,
    memory: SharedArrayBuffer,
    rows: number,
    quantised: number,
    columns: GpuColumns,
    slots: number,
  ) {
    this.#device = device;
    this.#memory = memory;
    this.#quantised = quantised;
    this.#rows = rows;
    this.#columns = columns;
    const { blocks, cells } = columns;
    const { storage, copyTo, copyFrom, uniform } = usage;
    this.#bins = makeBuffer(
      device,
      blocks.reduce((sum, block) => sum + block.bytes, 0),
      storage | copyTo,
    );
    let offset = 0;
    for (const block of blocks) {
      upload(device, this.#bins, offset, memory, block.address, block.bytes);
      offset += block.bytes;
    }
    this.#gradients = makeBuffer(device, rows * 8, storage | copyTo);
    this.#rowList = makeBuffer(device, rows * 4, storage | copyTo);
    this.#atOnce = Math.max(1, Math.floor(sumBytes / (cells * sumWords * 4)));
    this.#sums = makeBuffer(device, Math.min(this.#atOnce, slots) * cells * sumWords * 4, storage | copyTo);
    this.#params = makeBuffer(device, 16, uniform | copyTo);
    this.cells = makeBuffer(device, slots * cells * 16, storage | copyFrom);
    this.#tasks = new JobBuffer(device, storage);
    this.#stretches = new JobBuffer(device, storage);
    this.#slots = new JobBuffer(device, storage);
    const module = device.createShaderModule({ code: shader });
    this.#layout = layoutOf(device, [
      'uniform',
      ...Array<'read-only-storage'>(6).fill('read-only-storage'),
      'storage',
      'storage',
    ]);
    const layout = device.createPipelineLayout({ bindGroupLayouts: [this.#layout] });
    const pipeline = (entryPoint: string): GPUComputePipeline =>
      device.createComputePipeline({ layout, compute: { module, entryPoint } });
    this.#accumulate = pipeline('accumulate');
    this.#combine = pipeline('combine');
  }

  /** Takes over the gradients of a new tree. */
  begin(wide: boolean, shift: number): void {
    this.wide = wide;
    this.shift = shift;
    upload(this.#device, this.#gradients, 0, this.#memory, this.#quantised, this.#rows * (wide ? 8 : 4));
    this.#device.queue.writeBuffer(
      this.#params,
      0,
      Uint32Array.from([wide ? 1 : 0, shift, this.#columns.cells, 0]),
    );
  }

  /**
   * Submits the making of histograms.
   * @param inUse columns that are summed; cells of the others are 0
   * @param built `builtWords` per node
   */
  submit(inUse: Int32Array, built: Uint32Array): void {
    this.#use(inUse);
    const nodes = built.length / builtWords;
    for (let first = 0; first < nodes; first += this.#atOnce)
      this.#submitSome(
        built.subarray(first * builtWords, Math.min(nodes, first + this.#atOnce) * builtWords),
      );
  }

  #use(inUse: Int32Array): void {
    if (this.#inUse?.length === inUse.length && this.#inUse.every((f, k) => f === inUse[k])) return;
    this.#inUse = inUse;
    const { tasks, columnOf } = this.#columns;
    const used = new Set(inUse);
    const kept = columnOf.reduce<number[]>((list, f, task) => (used.has(f) ? [...list, task] : list), []);
    this.#taskCount = kept.length;
    const words = kept.flatMap((task) => [...tasks.subarray(task * taskWords, (task + 1) * taskWords)]);
    if (this.#tasks.write(Uint32Array.from(words))) this.#bindings = null;
  }

  #submitSome(built: Uint32Array): void {
    const device = this.#device;
    const nodes = built.length / builtWords;
    let count = 0;
    for (let node = 0; node < nodes; node++) count += built[node * builtWords + 1];
    // enough groups to keep a large device busy, few enough that emptying their sums does not outweigh the rows
    const perGroup = Math.min(groupRows, Math.max(2048, Math.ceil(count / 512)));
    const stretches: number[] = [];
    let listed = 0;
    for (let node = 0; node < nodes; node++) {
      const [address, rows] = built.subarray(node * builtWords);
      if (address !== 0) upload(device, this.#rowList, listed * 4, this.#memory, address, rows * 4);
      const from = address === 0 ? 0 : listed;
      for (let at = 0; at < rows; at += perGroup)
        stretches.push(node, from + at, from + Math.min(rows, at + perGroup), Number(address === 0));
      if (address !== 0) listed += rows;
    }
    const slots = Uint32Array.from({ length: nodes }, (_, node) => built[node * builtWords + 2]);
    const grown = [this.#stretches.write(Uint32Array.from(stretches)), this.#slots.write(slots)];
    if (grown.includes(true)) this.#bindings = null;
    this.#bindings ??= bind(device, this.#layout, [
      this.#params,
      this.#tasks.buffer,
      this.#bins,
      this.#gradients,
      this.#rowList,
      this.#stretches.buffer,
      this.#slots.buffer,
      this.#sums,
      this.cells,
    ]);
    const { cells } = this.#columns;
    const commands = device.createCommandEncoder();
    commands.clearBuffer(this.#sums, 0, Math.ceil((nodes * cells * sumWords * 4) / 16) * 16);
    const pass = commands.beginComputePass();
    pass.setBindGroup(0, this.#bindings);
    if (stretches.length > 0 && this.#taskCount > 0) {
      pass.setPipeline(this.#accumulate);
      pass.dispatchWorkgroups(stretches.length / stretchWords, this.#taskCount);
    }
    pass.setPipeline(this.#combine);
    pass.dispatchWorkgroups(Math.ceil(cells / groupSize), nodes);
    pass.end();
    device.queue.submit([commands.finish()]);
  }
}

export function layoutOf(device: GPUDevice, types: readonly GPUBufferBindingType[]): GPUBindGroupLayout {
  return device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: 4, buffer: { type } })),
  });
}

export function bind(
  device: GPUDevice,
  layout: GPUBindGroupLayout,
  buffers: readonly GPUBuffer[],
): GPUBindGroup {
  return device.createBindGroup({
    layout,
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
}
