/**
 * @file Seeded random numbers. Every draw of a model comes from here, so a seed fixes the result bit for bit.
 * Streams are derived by hashing (seed, stream numbers), never by sharing one generator: the draw for
 * tree 7 does not depend on how many draws tree 6 made, nor on the thread that made them.
 */

export interface Random {
  /** uniform in [0, 1), 32 bits of resolution */
  next(): number;
  /** uniform integer in [0, bound) */
  integer(bound: number): number;
}

/** Mixes integers into one 32-bit hash (murmur3 finaliser over each word). */
export function hashSeed(...words: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const word of words) {
    let k = (word | 0) ^ Math.trunc(word / 4294967296);
    k = Math.imul(k ^ (k >>> 16), 0x85ebca6b);
    k = Math.imul(k ^ (k >>> 13), 0xc2b2ae35);
    hash = Math.imul(hash ^ k ^ (k >>> 16), 0x01000193) + 0x7f4a7c15;
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/** `createRandom(...).next()`, where there is one draw: without a generator, of which forests would make millions. */
export function firstDraw(seed: number, a: number, b: number, c: number): number {
  return drawAt((hashSeed(seed, a, b, c) + 0x6d2b79f5) | 0);
}

/** The draw of a state. */
function drawAt(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** Mulberry32 (Tommy Ettinger, public domain): small, fast, passes gjrand; period 2^32. */
export function createRandom(...seed: readonly number[]): Random {
  let state = hashSeed(...seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return drawAt(state);
  };
  return { next, integer: (bound) => Math.floor(next() * bound) };
}

/** `count` of the numbers 0..n-1 without replacement, ascending. */
export function sampleIndices(random: Random, n: number, count: number): Int32Array {
  const pool = Int32Array.from({ length: n }, (_, i) => i);
  const take = Math.min(count, n);
  for (let i = 0; i < take; i++) {
    const j = i + random.integer(n - i);
    const kept = pool[j];
    pool[j] = pool[i];
    pool[i] = kept;
  }
  return pool.slice(0, take).sort();
}
