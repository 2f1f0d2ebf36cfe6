/** @file The search for splits on the device, over the histograms that {@link GpuHistograms} keeps there. */
import type { NodeSums, SearchJob, SearchRules } from '../engine/split-device.ts';
import { JobBuffer, makeBuffer, usage } from './gpu-device.ts';
import { bind, layoutOf } from './gpu-histograms.ts';
import type { GpuHistograms } from './gpu-histograms.ts';
import { levelShader, levelVectors } from './level-shader.ts';
import { putNumber } from './numbers.ts';
import type { GpuColumns } from './protocol.ts';
import { answerWords, flag, nodeVectors, ruleVectors, scanSize, splitShader } from './split-shader.ts';
import { numWords } from './wgsl-numbers.ts';

/** nodes of a question, at most: two for each of the engine's pairs */
export const mostNodes = 1024;
const vectorBytes = 16;

/** bytes of the answer to any question about columns of so many cells */
export const answerBytes = (cells: number): number =>
  Math.max(mostNodes * answerWords * 4, cells * levelVectors * vectorBytes, 2 ** 20);

export class GpuSplits {
  readonly #device: GPUDevice;
  readonly #histograms: GpuHistograms;
  readonly #columns: GpuColumns;
  readonly #rules: SearchRules;
  readonly #width: number;
  /** the second one is that of the borders that come back */
  readonly #rulesBuffers: readonly GPUBuffer[];
  readonly #table: GPUBuffer;
  readonly #best: GPUBuffer;
  readonly #found: GPUBuffer;
  readonly #back: GPUBuffer;
  readonly #nodes: JobBuffer;
  readonly #masks: JobBuffer;
  readonly #pairs: JobBuffer;
  readonly #layout: GPUBindGroupLayout;
  readonly #pipelines: ReadonlyMap<string, GPUComputePipeline>;
  readonly #answers: SharedArrayBuffer;
  #bindings: readonly GPUBindGroup[] | null = null;
  #units: readonly [number, number] = [0, 0];

  constructor(
    device: GPUDevice,
    histograms: GpuHistograms,
    columns: GpuColumns,
    rules: SearchRules,
    answers: SharedArrayBuffer,
  ) {
    this.#device = device;
    this.#histograms = histograms;
    this.#columns = columns;
    this.#rules = rules;
    this.#answers = answers;
    this.#width = columns.table.length / 4;
    const { storage, copyTo, copyFrom, uniform, mapRead } = usage;
    this.#rulesBuffers = [0, 1].map(() => makeBuffer(device, ruleVectors * vectorBytes, uniform | copyTo));
    this.#table = makeBuffer(device, columns.table.byteLength, storage | copyTo);
    device.queue.writeBuffer(this.#table, 0, columns.table.slice());
    const bytes = answers.byteLength;
    this.#best = makeBuffer(
      device,
      Math.max(bytes, mostNodes * (this.#width + 1) * vectorBytes),
      storage | copyFrom,
    );
    this.#found = makeBuffer(device, mostNodes * answerWords * 4, storage | copyTo | copyFrom);
    this.#back = device.createBuffer({ size: bytes, usage: mapRead | copyTo });
    this.#nodes = new JobBuffer(device, storage);
    this.#masks = new JobBuffer(device, storage);
    this.#pairs = new JobBuffer(device, storage);
    const isLevel = rules.policy === 'symmetric';
    const module = device.createShaderModule({
      code: splitShader(rules.isPlain) + (isLevel ? levelShader : ''),
    });
    this.#layout = layoutOf(device, [
      'uniform',
      ...Array<'read-only-storage'>(4).fill('read-only-storage'),
      ...Array<'storage'>(3).fill('storage'),
    ]);
    const layout = device.createPipelineLayout({ bindGroupLayouts: [this.#layout] });
    const entryPoints = isLevel ? ['subtract', 'level', 'pick'] : ['subtract', 'scan', 'settle'];
    this.#pipelines = new Map(
      entryPoints.map((entryPoint) => [
        entryPoint,
        device.createComputePipeline({ layout, compute: { module, entryPoint } }),
      ]),
    );
  }

  /** @param units exponents of the units of gradients and hessians */
  begin(units: readonly [number, number]): void {
    this.#units = units;
  }

  /** Makes histograms, takes them off their parents' and searches; the answer is `answerWords` per node. */
  async search(job: SearchJob): Promise<void> {
    const { columns, built, taken, nodes, figures, masks } = job;
    const count = nodes.slots.length;
    if (built.length > 0) this.#histograms.submit(columns, built);
    const words = this.#nodeWords(nodes);
    for (let k = 0; k < count; k++)
      for (let i = 0; i < 4; i++) putNumber(words, (k * nodeVectors + 2 + i) * numWords, figures[4 * k + i]);
    this.#prepare(count, words, masks, taken);
    const commands = this.#device.createCommandEncoder();
    commands.clearBuffer(this.#found, 0, Math.max(1, count) * answerWords * 4);
    const pass = commands.beginComputePass();
    const [first, second] = this.#bound();
    pass.setBindGroup(0, first);
    const { cells } = this.#columns;
    if (taken.length > 0)
      this.#run(
        pass,
        'subtract',
        Math.ceil((cells * (this.#histograms.wide ? 2 : 1)) / scanSize),
        taken.length / 2,
      );
    if (count > 0) {
      this.#run(pass, 'scan', this.#width, count);
      this.#run(pass, 'settle', count, 1);
      pass.setBindGroup(0, second);
      this.#run(pass, 'scan', this.#width, count);
    }
    pass.end();
    await this.#fetch(commands, [{ buffer: this.#found, bytes: Math.max(1, count) * answerWords * 4 }]);
    this.#requireSums(count);
  }

  /** The answer is two Nums per cell. */
  async level(nodes: NodeSums, columns: Int32Array): Promise<void> {
    const mask = new Uint32Array(Math.ceil(this.#width / 32));
    for (const f of columns) mask[f >> 5] |= 1 << (f & 31);
    this.#prepare(nodes.slots.length, this.#nodeWords(nodes), mask, new Uint32Array(2));
    const commands = this.#device.createCommandEncoder();
    commands.clearBuffer(this.#found, 0, answerWords * 4);
    const pass = commands.beginComputePass();
    pass.setBindGroup(0, this.#bound()[0]);
    this.#run(pass, 'level', this.#width, 1);
    pass.end();
    const bytes = this.#columns.cells * levelVectors * vectorBytes;
    // the mark of wrong sums comes back after them
    await this.#fetch(commands, [
      { buffer: this.#best, bytes },
      { buffer: this.#found, bytes: 16 },
    ]);
    if (new Uint32Array(this.#answers, bytes, 2)[1] !== 0) throw new Error(wrongSums);
  }

  /** The answer is both sums per question and node. @param questions pairs (column, bin) */
  async pick(nodes: NodeSums, questions: Int32Array): Promise<void> {
    const count = nodes.slots.length;
    this.#prepare(count, this.#nodeWords(nodes), new Uint32Array(1), Uint32Array.from(questions));
    const commands = this.#device.createCommandEncoder();
    const pass = commands.beginComputePass();
    pass.setBindGroup(0, this.#bound()[0]);
    this.#run(pass, 'pick', Math.ceil(count / scanSize), questions.length / 2);
    pass.end();
    await this.#fetch(commands, [
      { buffer: this.#best, bytes: (questions.length / 2) * count * vectorBytes },
    ]);
  }

  #nodeWords({ slots, sums }: NodeSums): Uint32Array {
    const words = new Uint32Array(slots.length * nodeVectors * 4);
    const ofSums = new Uint32Array(sums.buffer, sums.byteOffset, sums.length * 2);
    for (let k = 0; k < slots.length; k++) {
      words[k * nodeVectors * 4] = slots[k];
      words.set(ofSums.subarray(4 * k, 4 * k + 4), (k * nodeVectors + 1) * 4);
    }
    return words;
  }

  #prepare(nodes: number, words: Uint32Array, masks: Uint32Array, pairs: Uint32Array): void {
    const { wide, shift } = this.#histograms;
    const { policy, minRows, lambda, alpha, price, minHessian, maxDeltaStep, pathSmooth } = this.#rules;
    const rules = new Uint32Array(ruleVectors * 4);
    const flags = Number(wide) * flag.wide + Number(policy === 'leafwise') * flag.leafwise;
    rules.set([this.#width, this.#columns.cells, Math.ceil(this.#width / 32), 0]);
    rules.set([shift, ...this.#units, Math.max(0, Math.ceil(minRows)), nodes], 4);
    const penalty = policy === 'symmetric' ? Math.max(lambda, 1e-300) : lambda;
    const figures = [penalty, alpha, price, minHessian, maxDeltaStep, pathSmooth];
    figures.forEach((value, k) => putNumber(rules, (3 + k) * numWords, value));
    this.#rulesBuffers.forEach((buffer, k) => {
      rules[3] = flags + k * flag.collects;
      this.#device.queue.writeBuffer(buffer, 0, rules.slice());
    });
    const grown = [this.#nodes.write(words), this.#masks.write(masks), this.#pairs.write(pairs)];
    if (grown.includes(true)) this.#bindings = null;
  }

  #bound(): readonly GPUBindGroup[] {
    const others = [
      this.#table,
      this.#nodes.buffer,
      this.#masks.buffer,
      this.#pairs.buffer,
      this.#histograms.cells,
      this.#best,
      this.#found,
    ];
    this.#bindings ??= this.#rulesBuffers.map((rules) =>
      bind(this.#device, this.#layout, [rules, ...others]),
    );
    return this.#bindings;
  }

  #run(pass: GPUComputePassEncoder, entryPoint: string, x: number, y: number): void {
    pass.setPipeline(this.#pipelines.get(entryPoint)!);
    pass.dispatchWorkgroups(x, y);
  }

  /** Copies buffers to the engine, one after the other. */
  async #fetch(
    commands: GPUCommandEncoder,
    parts: readonly { readonly buffer: GPUBuffer; readonly bytes: number }[],
  ): Promise<void> {
    let end = 0;
    for (const { buffer, bytes } of parts) {
      commands.copyBufferToBuffer(buffer, 0, this.#back, end, bytes);
      end += bytes;
    }
    this.#device.queue.submit([commands.finish()]);
    await this.#back.mapAsync(1, 0, end);
    new Uint8Array(this.#answers, 0, end).set(new Uint8Array(this.#back.getMappedRange(0, end)));
    this.#back.unmap();
  }

  /** A driver that gave up in silence leaves sums that are not the node's. */
  #requireSums(count: number): void {
    const words = new Uint32Array(this.#answers);
    for (let k = 0; k < count; k++) if (words[k * answerWords + 1] !== 0) throw new Error(wrongSums);
  }
}

const wrongSums = 'its sums are not those of the rows';
