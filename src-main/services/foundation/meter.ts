/** @file How fast something arrives and how long the rest takes. The clock comes in as an argument. */

/** Over so much of the past the speed is taken: short enough to follow the line, long enough not to tremble. */
const windowMs = 8_000;
/** Before so much time has passed a speed is noise. */
const leastMs = 800;

export interface Meter {
  /** @param bytes there now, in ms of any clock */
  at(bytes: number, now: number): { readonly bytesPerSecond: number | null; readonly etaMs: number | null };
}

/** @param total bytes; null: not known */
export function createMeter(total: () => number | null): Meter {
  let samples: { readonly bytes: number; readonly at: number }[] = [];
  return {
    at(bytes, now) {
      const last = samples.at(-1);
      // a new beginning of a file: what was there before says nothing
      if (last !== undefined && bytes < last.bytes) samples = [];
      samples.push({ bytes, at: now });
      const firstKept = samples.findIndex(({ at }) => now - at <= windowMs);
      samples = samples.slice(Math.max(0, firstKept));
      const [first] = samples;
      if (now - first.at < leastMs) return { bytesPerSecond: null, etaMs: null };
      const bytesPerSecond = (1000 * (bytes - first.bytes)) / (now - first.at);
      const all = total();
      const etaMs =
        all === null || bytesPerSecond <= 0 ? null : (1000 * Math.max(0, all - bytes)) / bytesPerSecond;
      return { bytesPerSecond, etaMs };
    },
  };
}
