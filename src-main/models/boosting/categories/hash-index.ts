/** @file Finds a 64-bit hash in a statistic table: open addressing, half full at most. */

export interface HashIndex {
  /** position of the hash in the table, -1 where it is absent */
  find(high: number, low: number): number;
}

export function createHashIndex(hashes: BigUint64Array): HashIndex {
  const n = hashes.length;
  const high = new Uint32Array(n);
  const low = new Uint32Array(n);
  let size = 4;
  while (size < 2 * n) size *= 2;
  const mask = size - 1;
  // positions + 1; 0 is free
  const slots = new Int32Array(size);
  for (let i = 0; i < n; i++) {
    high[i] = Number(hashes[i] >> 32n);
    low[i] = Number(hashes[i] & 0xffffffffn);
    let at = (low[i] ^ high[i]) & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = i + 1;
  }
  return {
    find(h, l) {
      let at = (l ^ h) & mask;
      for (let found = slots[at]; found !== 0; found = slots[at]) {
        if (low[found - 1] === l && high[found - 1] === h) return found - 1;
        at = (at + 1) & mask;
      }
      return -1;
    },
  };
}
