/**
 * @file How busy the machine is while a run lasts: processor, memory and, where its driver tells, the graphics card. A timer that a
 * busy process delays is no harm: the processor's load is that since the sample before, and counts by its time.
 */
import os from 'node:os';
import systeminformation from 'systeminformation';

export interface Measured {
  readonly mean: number;
  readonly peak: number;
}

export interface LoadSummary {
  /** percent of all cores, of everything that runs on the machine */
  readonly processor: Measured;
  /** bytes of this process */
  readonly memory: Measured;
  /** bytes of the machine that are in use; those of this process among them */
  readonly machine: Measured;
  /** percent; null: not known */
  readonly card: Measured | null;
  /** bytes; null: not known */
  readonly cardMemory: Measured | null;
}

export interface LoadWatch {
  /** null before the first sample */
  summary(): LoadSummary | null;
  stop(): void;
}

/** What one look at the machine gives. */
export interface LoadSource {
  processor(): Promise<number>;
  memory(): number;
  machine(): number;
  /** null: there is no card that tells */
  card(): Promise<{ readonly load: number; readonly memory: number | null } | null>;
}

export interface WatchOptions {
  /** the graphics card too */
  readonly card: boolean;
  /** milliseconds */
  readonly every?: number;
  /** milliseconds: a look at the card starts a program */
  readonly cardEvery?: number;
  readonly source?: LoadSource;
}

const system: LoadSource = {
  processor: async () => (await systeminformation.currentLoad()).currentLoad,
  memory: () => process.memoryUsage.rss(),
  machine: () => os.totalmem() - os.freemem(),
  async card() {
    const { controllers } = await systeminformation.graphics();
    const known = controllers.find(({ utilizationGpu }) => typeof utilizationGpu === 'number');
    if (known?.utilizationGpu === undefined) return null;
    return {
      load: known.utilizationGpu,
      memory: known.memoryUsed === undefined ? null : known.memoryUsed * 2 ** 20,
    };
  },
};

/** A mean by weight, and the largest. */
class Series {
  #total = 0;
  #weight = 0;
  #peak = 0;
  add(value: number, weight = 1): void {
    if (!Number.isFinite(value)) return;
    this.#total += value * weight;
    this.#weight += weight;
    this.#peak = Math.max(this.#peak, value);
  }
  get measured(): Measured | null {
    return this.#weight === 0 ? null : { mean: this.#total / this.#weight, peak: this.#peak };
  }
}

/** Looks every two seconds, at the card every ten, and never keeps a process from ending. */
export function watchLoad({
  card,
  every = 2000,
  cardEvery = 10_000,
  source = system,
}: WatchOptions): LoadWatch {
  const [processor, memory, machine, cardLoad, cardMemory] = [1, 2, 3, 4, 5].map(() => new Series());
  let last = performance.now();
  let looking = false;
  let stopped = false;
  let nextCard = card ? last + cardEvery : Infinity;
  const look = async (): Promise<void> => {
    const load = await source.processor();
    const now = performance.now();
    if (stopped) return;
    processor.add(load, now - last);
    last = now;
    memory.add(source.memory());
    machine.add(source.machine());
    if (now < nextCard) return;
    const seen = await source.card();
    nextCard = seen === null ? Infinity : performance.now() + cardEvery;
    if (seen === null || stopped) return;
    cardLoad.add(seen.load);
    if (seen.memory !== null) cardMemory.add(seen.memory);
  };
  // the first answer is the load since the machine was started
  source.processor().catch(() => undefined);
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => (nextCard = Infinity))
      .finally(() => (looking = false));
  }, every);
  timer.unref();
  return {
    summary() {
      const [busy, own, whole] = [processor.measured, memory.measured, machine.measured];
      if (busy === null || own === null || whole === null) return null;
      return {
        processor: busy,
        memory: own,
        machine: whole,
        card: cardLoad.measured,
        cardMemory: cardMemory.measured,
      };
    },
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** One line for the log of a run. */
export function loadLine({ processor, memory, machine, card, cardMemory }: LoadSummary): string {
  const percent = (value: number): string => `${Math.round(value)} %`;
  const gibibytes = (value: number): string => `${(value / 2 ** 30).toFixed(1)} GiB`;
  const shown = (name: string, { mean, peak }: Measured, unit: (value: number) => string): string =>
    `${name} ${unit(mean)} (peak ${unit(peak)})`;
  return [
    shown('processor', processor, percent),
    shown('memory of the run', memory, gibibytes),
    `${shown('memory in use', machine, gibibytes)} of ${gibibytes(os.totalmem())}`,
    ...(card ? [shown('GPU', card, percent)] : []),
    ...(cardMemory ? [shown('GPU memory', cardMemory, gibibytes)] : []),
  ].join(', ');
}
