/**
 * @file The graphics device that makes histograms: buffers, pipelines and one job at a time. Runs in a thread of its own,
 * because answers of a device only come through the event loop and the engine does not return to its own while it grows.
 */
import type { GpuColumns } from './protocol.ts';
import { groupRows, groupSize, shader, sumWords, taskWords } from './shader.ts';

export interface OpenedDevice {
  readonly name: string;
  /** an imitation on the processor */
  readonly software: boolean;
  readonly device: GPUDevice;
  /** what the device stands on: it must not be collected as garbage before the device is */
  readonly keep: readonly object[];
}

const storage = 0x80; // GPUBufferUsage.STORAGE
const copyTo = 0x08; // COPY_DST
const copyFrom = 0x04; // COPY_SRC
const uniform = 0x40; // UNIFORM
const mapRead = 0x01; // MAP_READ

const errorKinds = ['validation', 'out-of-memory', 'internal'] as const;

/** @returns the reason when there is none */
export async function openDevice(): Promise<OpenedDevice | string> {
  let gpu: GPU;
  try {
    const webgpu = await import('webgpu');
    gpu = webgpu.create([]);
  } catch (error) {
    return `WebGPU cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return 'no graphics adapter was found';
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
  const { description, device: model, vendor, architecture } = adapter.info;
  const name = description || model || vendor || 'GPU';
  const software =
    adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software|warp/i.test(`${name} ${architecture}`);
  return { name, software, device, keep: [gpu, adapter] };
}

export interface GpuHistograms {
  /** Takes over the gradients of a new tree. */
  begin(wide: boolean, shift: number): void;
  build(rowsAt: number | null, count: number, cellsAt: number): Promise<void>;
}

/** @throws Error when the columns are too large for the device */
export function createHistograms(
  device: GPUDevice,
  memory: SharedArrayBuffer,
  rows: number,
  quantised: number,
  columns: GpuColumns,
): GpuHistograms {
  const { blocks, tasks, cells } = columns;
  const buffer = (bytes: number, usage: number): GPUBuffer => {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > device.limits.maxStorageBufferBindingSize)
      throw new Error(`${Math.ceil(size / 2 ** 20)} MiB of data do not fit a buffer of the graphics device`);
    return device.createBuffer({ size, usage });
  };
  /** Copies shared memory: the device takes none. */
  const upload = (to: GPUBuffer, offset: number, from: number, bytes: number): void => {
    const step = 16 * 2 ** 20;
    for (let at = 0; at < bytes; at += step) {
      const part = Uint8Array.from(new Uint8Array(memory, from + at, Math.min(step, bytes - at)));
      device.queue.writeBuffer(to, offset + at, part);
    }
  };

  const bins = buffer(
    blocks.reduce((sum, block) => sum + block.bytes, 0),
    storage | copyTo,
  );
  let offset = 0;
  for (const block of blocks) {
    upload(bins, offset, block.address, block.bytes);
    offset += block.bytes;
  }
  const taskList = buffer(tasks.byteLength, storage | copyTo);
  device.queue.writeBuffer(taskList, 0, tasks.slice());
  const gradients = buffer(rows * 8, storage | copyTo);
  const rowList = buffer(rows * 4, storage | copyTo);
  const sums = buffer(cells * sumWords * 4, storage | copyTo);
  const result = buffer(cells * 16, storage | copyFrom);
  const params = buffer(32, uniform | copyTo);
  const back = device.createBuffer({ size: Math.max(16, cells * 16), usage: mapRead | copyTo });

  const module = device.createShaderModule({ code: shader });
  const layout = device.createBindGroupLayout({
    entries: (['uniform', ...Array<'read-only-storage'>(4).fill('read-only-storage'), 'storage', 'storage'] as const).map(
      (type, binding) => ({ binding, visibility: 4, buffer: { type } }),
    ),
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const pipeline = (entryPoint: string): GPUComputePipeline =>
    device.createComputePipeline({ layout: pipelineLayout, compute: { module, entryPoint } });
  const accumulate = pipeline('accumulate');
  const combine = pipeline('combine');
  const bindings = device.createBindGroup({
    layout,
    entries: [params, taskList, bins, gradients, rowList, sums, result].map((resource, binding) => ({
      binding,
      resource: { buffer: resource },
    })),
  });

  /** A driver that gave up in silence leaves sums without rows: every row must be in a bin of the first column. */
  const requireRows = (found: BigInt64Array, count: number): void => {
    const mask = (1n << BigInt(shift)) - 1n;
    let sum = 0n;
    for (let task = 0; task < tasks.length && tasks[task + 7] === tasks[7]; task += taskWords)
      for (let cell = tasks[7] + tasks[task + 5]; cell < tasks[7] + tasks[task + 6]; cell++)
        sum += found[wide ? 2 * cell + 1 : cell] & mask;
    if (sum !== BigInt(count)) throw new Error(`it summed ${sum} of ${count} rows`);
  };

  const taskCount = tasks.length / taskWords;
  let wide = false;
  let shift = 0;
  return {
    begin(isWide, by) {
      wide = isWide;
      shift = by;
      upload(gradients, 0, quantised, rows * (wide ? 8 : 4));
    },
    async build(rowsAt, count, cellsAt) {
      if (rowsAt !== null) upload(rowList, 0, rowsAt, count * 4);
      // enough groups to keep a large device busy, few enough that emptying their sums does not outweigh the rows
      const perGroup = Math.min(groupRows, Math.max(2048, Math.ceil(count / 512)));
      const words = [count, rowsAt === null ? 1 : 0, wide ? 1 : 0, shift, cells, perGroup, 0, 0];
      device.queue.writeBuffer(params, 0, Uint32Array.from(words));
      for (const kind of errorKinds) device.pushErrorScope(kind);
      const commands = device.createCommandEncoder();
      commands.clearBuffer(sums);
      const pass = commands.beginComputePass();
      pass.setBindGroup(0, bindings);
      pass.setPipeline(accumulate);
      pass.dispatchWorkgroups(Math.ceil(count / perGroup), taskCount);
      pass.setPipeline(combine);
      pass.dispatchWorkgroups(Math.ceil(cells / groupSize));
      pass.end();
      const bytes = cells * (wide ? 16 : 8);
      commands.copyBufferToBuffer(result, 0, back, 0, bytes);
      device.queue.submit([commands.finish()]);
      const scopes = errorKinds.map(() => device.popErrorScope());
      await back.mapAsync(1, 0, bytes);
      for (const error of await Promise.all(scopes)) if (error !== null) throw new Error(error.message);
      const found = back.getMappedRange(0, bytes);
      requireRows(new BigInt64Array(found), count);
      new Uint8Array(memory, cellsAt, bytes).set(new Uint8Array(found));
      back.unmap();
    },
  };
}
