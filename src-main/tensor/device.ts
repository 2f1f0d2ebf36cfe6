/**
 * @file The device that the sessions of one piece of work share: a graphics card through one of ONNX Runtime's execution
 * providers, and the processor when all else has failed. A device is left for good: results of one piece of work do not
 * change back and forth.
 */
import type { InferenceSession } from 'onnxruntime-node';

/** Execution providers, as ONNX Runtime calls them. */
export type Provider = 'cpu' | 'cuda' | 'dml' | 'coreml' | 'webgpu';

export const providerNames: Readonly<Record<Provider, string>> = {
  cpu: 'the processor',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
};

export interface DeviceHooks {
  log(level: 'info' | 'warn', message: string): void;
  /** hears, once for each, on what something was computed: `cpu`, or the card's name */
  used?(name: string): void;
  /** A driver is about to be loaded, which may end the process. @returns false where it did so lately: it is left alone */
  enter?(): boolean;
  /** the driver has done its first work, or has been refused */
  leave?(): void;
}

export class TensorDevice {
  readonly #left: Provider[];
  readonly #card: string;
  readonly #hooks: DeviceHooks;
  readonly #used = new Set<string>();
  /** providers that are to make products in 16 bits, and have not been found unable to */
  readonly #half: Set<Provider>;
  readonly #says: boolean;
  /** providers whose attention is made in steps */
  readonly #plain = new Set<Provider>();
  #state: 'new' | 'entered' | 'survived' = 'new';

  /**
   * @param card name of the graphics card
   * @param providers to be tried in this order, before the processor
   * @param half those that are to make products of numbers of 16 bits, where graphs have them
   */
  constructor(
    card: string,
    providers: readonly Provider[],
    hooks: DeviceHooks,
    half: readonly Provider[] = [],
  ) {
    this.#card = card;
    this.#left = [...providers.filter((one) => one !== 'cpu'), 'cpu'];
    this.#hooks = hooks;
    this.#half = new Set(half);
    this.#says = half.length > 0;
  }

  /** Products have 16 bits here. */
  get half(): boolean {
    return this.#half.has(this.provider);
  }

  /** 16 bits are left for good: by the provider that failed, or by all where it is the numbers that do not fit. */
  leaveHalf(thrown: unknown, all = false): void {
    if (!this.half) return;
    if (all) this.#half.clear();
    else this.#half.delete(this.provider);
    this.#hooks.log(
      'warn',
      `16-bit arithmetic on ${providerNames[this.provider]} failed (${reasonOf(thrown)}): the work goes on in 32 bits`,
    );
  }

  /** The provider's attention has been found wrong, which is said once. @param error of values below 1 */
  plainAttention(error: number): void {
    if (this.#plain.has(this.provider)) return;
    this.#plain.add(this.provider);
    this.#hooks.log(
      'info',
      `attention in one pass by ${providerNames[this.provider]} is wrong on this device (off by ${error.toPrecision(1)}): it is made in steps`,
    );
  }

  get provider(): Provider {
    return this.#left[0]!;
  }

  /** `cpu`, or the card's name and what it is reached by */
  get name(): string {
    return this.provider === 'cpu' ? 'cpu' : `${this.#card} (${providerNames[this.provider]})`;
  }

  /** What a session on it is opened with. */
  options(): InferenceSession.SessionOptions {
    const { provider } = this;
    if (provider === 'cpu') return { executionProviders: ['cpu'] };
    // DirectML cannot plan its memory ahead; what a provider does not have, the processor does
    return {
      executionProviders: [provider, 'cpu'],
      ...(provider === 'dml' ? { enableMemPattern: false, executionMode: 'sequential' as const } : {}),
    };
  }

  /** A session is about to be opened. */
  begin(): void {
    if (this.#state !== 'new' || this.provider === 'cpu') return;
    if (this.#hooks.enter?.() === false) {
      this.#left.splice(0, this.#left.length - 1);
      this.#hooks.log(
        'warn',
        'lately a run ended abruptly when it began to use the graphics driver: the processor does the work (runtime.device: gpu tries again)',
      );
      return;
    }
    this.#state = 'entered';
  }

  /** It has computed something. */
  done(): void {
    this.#survived();
    const name = this.provider === 'cpu' ? 'cpu' : this.#card;
    if (this.#used.has(name)) return;
    this.#used.add(name);
    this.#hooks.used?.(name);
  }

  /** It is left for the next one. */
  fail(thrown: unknown): void {
    if (this.provider === 'cpu') return;
    const failed = this.#left.shift()!;
    this.#survived();
    this.#hooks.log(
      'warn',
      `${providerNames[failed]} failed (${reasonOf(thrown)}): the work goes on with ${providerNames[this.provider]}`,
    );
    const precision = this.#says ? `, ${this.half ? 'fp16' : 'fp32'} arithmetic` : '';
    this.#hooks.log('info', `Using device: ${this.name}${precision}`);
  }

  #survived(): void {
    if (this.#state !== 'entered') return;
    this.#state = 'survived';
    this.#hooks.leave?.();
  }
}

const reasonOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1)[0]!.slice(0, 300);
