/** @file The graphics device: opening it, its buffers, and commands whose errors are noticed. */

export interface Adapter {
  readonly name: string;
  /** an imitation on the processor */
  readonly software: boolean;
}

export interface OpenedDevice extends Adapter {
  readonly device: GPUDevice;
  /** what the device stands on: it must not be collected as garbage before the device is */
  readonly keep: readonly object[];
}

/** GPUBufferUsage, which Node's types do not have */
export const usage = { storage: 0x80, copyTo: 0x08, copyFrom: 0x04, uniform: 0x40, mapRead: 0x01 } as const;

const errorKinds = ['validation', 'out-of-memory', 'internal'] as const;

/** @returns the reason when there is none */
async function requestAdapter(): Promise<{ readonly gpu: GPU; readonly adapter: GPUAdapter } | string> {
  let gpu: GPU;
  try {
    const webgpu = await import('webgpu');
    // shaders here write the memory of a group before they read it; emptying it for them takes longer than what they do
    gpu = webgpu.create(['enable-dawn-features=disable_workgroup_init']);
  } catch (error) {
    return `WebGPU cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter === null ? 'no graphics adapter was found' : { gpu, adapter };
}

function describe({ info }: GPUAdapter): Adapter {
  const { description, device, vendor, architecture } = info;
  const name = description || device || vendor || 'GPU';
  const software = /swiftshader|llvmpipe|lavapipe|software|warp/i.test(`${name} ${architecture}`);
  return { name, software: software || info.isFallbackAdapter };
}

/** Loads the driver and looks, no more. @returns null when there is no adapter */
export async function findAdapter(): Promise<Adapter | null> {
  const found = await requestAdapter();
  return typeof found === 'string' ? null : describe(found.adapter);
}

/** @returns the reason when there is none */
export async function openDevice(): Promise<OpenedDevice | string> {
  const found = await requestAdapter();
  if (typeof found === 'string') return found;
  const { gpu, adapter } = found;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  return { ...describe(adapter), device, keep: [gpu, adapter] };
}

/** @throws Error when the device has no buffer of that size */
export function makeBuffer(device: GPUDevice, bytes: number, use: number): GPUBuffer {
  const size = Math.max(16, Math.ceil(bytes / 16) * 16);
  if (size > device.limits.maxStorageBufferBindingSize)
    throw new Error(`${Math.ceil(size / 2 ** 20)} MiB of data do not fit a buffer of the graphics device`);
  return device.createBuffer({ size, usage: use });
}

/** Copies shared memory to the device, which takes none itself. */
export function upload(
  device: GPUDevice,
  to: GPUBuffer,
  offset: number,
  memory: SharedArrayBuffer,
  from: number,
  bytes: number,
): void {
  const step = 16 * 2 ** 20;
  for (let at = 0; at < bytes; at += step) {
    const part = Uint8Array.from(new Uint8Array(memory, from + at, Math.min(step, bytes - at)));
    device.queue.writeBuffer(to, offset + at, part);
  }
}

/** Numbers of a job, in a buffer that grows with them. */
export class JobBuffer {
  readonly #device: GPUDevice;
  readonly #use: number;
  #buffer: GPUBuffer;

  constructor(device: GPUDevice, use: number) {
    this.#device = device;
    this.#use = use | usage.copyTo;
    this.#buffer = makeBuffer(device, 4096, this.#use);
  }

  get buffer(): GPUBuffer {
    return this.#buffer;
  }

  /** @returns whether it is another buffer now, so that bindings to it must be made anew */
  write(words: Uint32Array): boolean {
    const grows = words.byteLength > this.#buffer.size;
    if (grows) {
      this.#buffer.destroy();
      this.#buffer = makeBuffer(this.#device, 2 * words.byteLength, this.#use);
    }
    if (words.length > 0) this.#device.queue.writeBuffer(this.#buffer, 0, words.slice());
    return grows;
  }
}

/**
 * Does one piece of work and waits for it.
 * @param work submits commands
 * @throws Error of validation, memory or driver that the work met
 */
export async function guarded(device: GPUDevice, work: () => Promise<void>): Promise<void> {
  for (const kind of errorKinds) device.pushErrorScope(kind);
  const done = work();
  const scopes = errorKinds.map(() => device.popErrorScope());
  const [outcome] = await Promise.allSettled([done]);
  // where the work fails because of an error of the device, that error says more
  for (const error of await Promise.all(scopes)) if (error !== null) throw new Error(error.message);
  if (outcome.status === 'rejected') throw outcome.reason;
}
