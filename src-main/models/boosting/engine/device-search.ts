/**
 * @file Pairs of nodes whose histograms a device makes, keeps and searches. A slot holds its histogram either here or on the
 * device; a pair whose parent is on the wrong side, or that the device does not finish, is read from rows by the threads. So a
 * device that fails costs the work of one question.
 */
import * as at from '../kernels/assembly/layout.ts';
import { chooseExactly } from './exact-split.ts';
import type { CellUnits, ExactNode } from './exact-split.ts';
import type { SearchParts } from './pair-search.ts';
import type { FoundBorder, NodeSums, SearchJob, SearchRules, SplitDevice } from './split-device.ts';
import type { GrowerOptions, HistogramDevice } from './types.ts';

/** Nodes whose histograms a pair asks for. */
interface Pair {
  readonly number: number;
  readonly build: number;
  readonly other: number;
  readonly flags: number;
}

export class DeviceSearch {
  readonly #of: SearchParts;
  readonly #pairs: number;
  readonly #device: HistogramDevice;
  readonly #splits: SplitDevice;
  readonly #options: GrowerOptions;
  readonly #rules: SearchRules;
  /** slots whose histograms are on the device */
  readonly #there = new Set<number>();
  readonly #most: number;
  #allRows = true;

  /**
   * @param pairs address of the pairs of a question
   * @param most how many there may be
   */
  constructor(parts: SearchParts, pairs: number, most: number, device: HistogramDevice, splits: SplitDevice) {
    this.#of = parts;
    this.#pairs = pairs;
    this.#most = most;
    this.#device = device;
    this.#splits = splits;
    this.#options = parts.options;
    this.#rules = rulesOf(parts.options);
  }

  begin(allRows: boolean): void {
    this.#there.clear();
    this.#allRows = allRows;
  }

  /** Whether the histograms of all these nodes are on the device. */
  holds(nodes: readonly number[]): boolean {
    return (
      this.#there.size > 0 && nodes.every((node) => this.#there.has(this.#of.nodes.word(node, at.nSlot)))
    );
  }

  /** Answers what the device can of a question. What is left of it is for the threads: pairs that are done do nothing there. */
  answer(count: number): void {
    const pairs = Array.from({ length: count }, (_, k) => this.#pairAt(k));
    const rows = pairs.reduce((sum, { build, other }) => sum + this.#rowsOf(build) + this.#rowsOf(other), 0);
    const worth = rows >= this.#device.fromRows;
    let own = worth ? pairs.filter((pair) => this.#canHold(pair)) : [];
    // a level of a symmetric tree is asked one question, so all of it lies on one side
    if (this.#options.policy === 'symmetric' && (own.length < count || count === this.#most)) own = [];
    const done = own.length === 0 ? new Set<number>() : this.#search(own);
    for (const pair of pairs) {
      const slots = [pair.build, pair.other].filter((node) => node >= 0).map((node) => this.#slotOf(node));
      if (done.has(pair.number)) {
        this.#setFlags(pair.number, -1, at.pairFilled);
        for (const slot of slots) this.#there.add(slot);
        continue;
      }
      const needsParent = (pair.flags & at.pairSubtract) !== 0 && this.#there.has(this.#slotOf(pair.other));
      if (needsParent) this.#setFlags(pair.number, pair.other, (pair.flags & ~at.pairSubtract) | at.pairBoth);
      for (const slot of slots) this.#there.delete(slot);
    }
  }

  /** Puts one question to all nodes of a level, whose histograms are on the device: their sums by cell. */
  level(nodes: readonly number[], columns: Int32Array) {
    return this.#splits.level(this.#sumsOf(nodes), columns);
  }
  pick(nodes: readonly number[], questions: Int32Array): BigInt64Array | null {
    return this.#splits.pick(this.#sumsOf(nodes), questions);
  }
  /** The histograms of these nodes are made anew by the threads. */
  forget(nodes: readonly number[]): void {
    for (const node of nodes) this.#there.delete(this.#slotOf(node));
  }

  get units(): CellUnits {
    const { parameters } = this.#of;
    return {
      wide: parameters.word(at.pWide) !== 0,
      shift: BigInt(parameters.word(at.pShift)),
      gradient: parameters.float(at.fGradientUnit),
      hessian: parameters.float(at.fHessianUnit),
    };
  }

  /** @returns the pairs that are done: every node that is searched has its result */
  #search(pairs: readonly Pair[]): ReadonlySet<number> {
    const done = new Set<number>();
    const wanted = pairs.flatMap(({ number, build, other, flags }) => [
      ...((flags & at.pairFindBuilt) === 0 ? [] : [{ number, node: build, result: 2 * number }]),
      ...((flags & at.pairFindOther) === 0 ? [] : [{ number, node: other, result: 2 * number + 1 }]),
    ]);
    const nodes = wanted.map(({ node }) => node);
    const answers = this.#splits.search(this.#jobOf(pairs, nodes));
    if (answers === null) return done;
    for (const { number } of pairs) done.add(number);
    const units = this.units;
    wanted.forEach(({ number, node, result }, k) => {
      if (!this.#write(node, result, answers[k], units)) done.delete(number);
    });
    return done;
  }

  /** @returns false where the device's borders do not settle it */
  #write(node: number, result: number, borders: readonly FoundBorder[] | null, units: CellUnits): boolean {
    if (borders === null) return false;
    const { columns, nodes, memory, parameters, columnsInUse } = this.#of;
    const exact: ExactNode = {
      sum0: nodes.sum(node, at.nSum0),
      sum1: nodes.sum(node, at.nSum1),
      lower: nodes.float(node, at.nLower),
      upper: nodes.float(node, at.nUpper),
      output: nodes.float(node, at.nOutput),
      threshold: nodes.float(node, at.nThreshold),
    };
    const found = chooseExactly(borders, exact, columns.columns, this.#rules, this.#options.monotone, units);
    if (found === undefined) return false;
    const { blocks } = columnsInUse;
    const { u32, f64, i64 } = memory;
    for (let block = 0; block < blocks; block++) {
      const entry = parameters.word(at.pResults) + (result * blocks + block) * at.resultBytes;
      u32[(entry + at.rColumn) >> 2] = 0xffffffff;
      if (block > 0 || found === null) continue;
      const { border, score } = found;
      f64[(entry + at.rScore) >> 3] = score;
      i64[(entry + at.rLeft0) >> 3] = border.left0;
      i64[(entry + at.rLeft1) >> 3] = border.left1;
      u32[(entry + at.rColumn) >> 2] = border.column;
      u32[(entry + at.rBin) >> 2] = border.bin;
      u32[(entry + at.rDefaultLeft) >> 2] = Number(border.defaultLeft);
    }
    return true;
  }

  #jobOf(pairs: readonly Pair[], nodes: readonly number[]): SearchJob {
    const { columns } = this.#of;
    const width = columns.columns.length;
    const maskWords = Math.ceil(width / 32);
    const inUse = this.#columnsInUse();
    const masks = new Uint32Array(nodes.length * maskWords);
    const figures = new Float64Array(nodes.length * 4);
    nodes.forEach((node, k) => {
      const offsets = [at.nLower, at.nUpper, at.nOutput, at.nThreshold];
      offsets.forEach((offset, i) => (figures[4 * k + i] = this.#of.nodes.float(node, offset)));
      const maskAt = this.#of.nodes.word(node, at.nMask) >>> 0;
      const mask = maskAt === 0 ? null : new Uint8Array(this.#of.memory.memory.buffer, maskAt, width);
      for (const f of inUse)
        if (mask === null || mask[f] !== 0) masks[k * maskWords + (f >> 5)] |= 1 << (f & 31);
    });
    const read = pairs.flatMap(({ build, other, flags }) =>
      (flags & at.pairBoth) === 0 ? [build] : [build, other],
    );
    const subtracted = pairs.filter(({ flags }) => (flags & at.pairSubtract) !== 0);
    return {
      columns: inUse,
      built: Uint32Array.from(
        read.flatMap((node) => [this.#listOf(node), this.#rowsOf(node), this.#slotOf(node)]),
      ),
      taken: Uint32Array.from(
        subtracted.flatMap(({ build, other }) => [this.#slotOf(other), this.#slotOf(build)]),
      ),
      nodes: this.#sumsOf(nodes),
      figures,
      masks,
    };
  }

  #sumsOf(nodes: readonly number[]): NodeSums {
    const table = this.#of.nodes;
    return {
      slots: Uint32Array.from(nodes, (node) => this.#slotOf(node)),
      sums: BigInt64Array.from(
        nodes.flatMap((node) => [table.sum(node, at.nSum0), table.sum(node, at.nSum1)]),
      ),
    };
  }

  #columnsInUse(): Int32Array {
    const { memory, parameters, columnsInUse } = this.#of;
    const found: number[] = [];
    for (let block = 0; block < columnsInUse.blocks; block++) {
      const entry = (parameters.word(at.pBlocks) + block * at.blockBytes) >> 2;
      const active = memory.u32[entry + at.bActive / 4];
      for (let k = 0; k < active; k++) found.push(memory.u32[entry + at.bLaneColumn / 4 + k]);
    }
    return Int32Array.from(found).sort();
  }

  #pairAt(number: number): Pair {
    const entry = (this.#pairs + number * at.pairBytes) >> 2;
    const words = this.#of.memory.u32;
    return {
      number,
      build: words[entry + at.qBuild / 4],
      other: words[entry + at.qOther / 4] | 0,
      flags: words[entry + at.qFlags / 4],
    };
  }

  #setFlags(number: number, other: number, flags: number): void {
    const entry = (this.#pairs + number * at.pairBytes) >> 2;
    this.#of.memory.u32[entry + at.qOther / 4] = other;
    this.#of.memory.u32[entry + at.qFlags / 4] = flags;
  }

  #canHold({ build, other, flags }: Pair): boolean {
    if ((flags & at.pairFilled) !== 0) return false;
    if (this.#slotOf(build) >= this.#splits.slots) return false;
    if (other < 0) return true;
    if (this.#slotOf(other) >= this.#splits.slots) return false;
    return (flags & at.pairSubtract) === 0 || this.#there.has(this.#slotOf(other));
  }

  #slotOf(node: number): number {
    return this.#of.nodes.word(node, at.nSlot);
  }
  #rowsOf(node: number): number {
    return node < 0 ? 0 : this.#of.nodes.word(node, at.nCount);
  }
  #listOf(node: number): number {
    return this.#allRows && node === 0 ? 0 : this.#of.lists.addressOf(node);
  }
}

/** The rules as the kernel has them, see split.ts there. */
export function rulesOf(options: GrowerOptions): SearchRules {
  const { policy, lambda, alpha, minHessian, minRows, maxDeltaStep, pathSmooth, monotone } = options;
  const isBounded = maxDeltaStep > 0 || monotone !== null;
  return {
    policy,
    lambda,
    alpha,
    price: policy !== 'leafwise' && isBounded ? 0 : 2 * alpha,
    // a child needs some hessian, or its value would be 0 / 0
    minHessian: Math.max(minHessian, Number.MIN_VALUE),
    minRows,
    maxDeltaStep,
    pathSmooth,
    isPlain: alpha === 0 && pathSmooth === 0 && !isBounded,
  };
}
