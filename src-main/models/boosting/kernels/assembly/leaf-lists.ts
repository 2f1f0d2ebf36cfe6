/** What the threads that grow a tree leaf by leaf share: a lock, a bell, and lists of leaves. */
import {
  failedAt,
  growLockAt,
  growChangeAt,
  growAsleepAt,
  nGain,
  nNumber,
} from './layout';
import { nodeAt } from './node-lists';

/** One thread at a time reads and writes the state of the tree that grows. */
export function lock(): void {
  let tries = 0;
  while (atomic.cmpxchg<i32>(growLockAt, 0, 1) !== 0) {
    // a thread that broke off with the lock never gives it back
    if (++tries < 5000) continue;
    if (atomic.load<i32>(failedAt) !== 0) return;
    atomic.wait<i32>(growLockAt, 1, 100_000);
    tries = 0;
  }
}

export function unlock(): void {
  atomic.store<i32>(growLockAt, 0);
}

/** There may be new work. */
export function tell(): void {
  atomic.add<i32>(growChangeAt, 1);
  if (atomic.load<i32>(growAsleepAt) > 0) atomic.notify(growChangeAt, -1);
}

/** Address of entry k of a list of nodes. */
// @ts-ignore: decorator
@inline
export function entryOf(list: usize, k: i32): usize {
  return list + ((<usize>k) << 2);
}

export function append(list: usize, lengthAt: usize, node: i32): void {
  const length = load<i32>(lengthAt);
  store<i32>(entryOf(list, length), node);
  store<i32>(lengthAt, length + 1);
}

export function removeAt(list: usize, lengthAt: usize, k: i32): void {
  const last = load<i32>(lengthAt) - 1;
  store<i32>(entryOf(list, k), load<i32>(entryOf(list, last)));
  store<i32>(lengthAt, last);
}

/** Place of the leaf of largest gain in a list, -1 in an empty one. Ties go to the node that was made first. */
export function bestOf(list: usize, length: i32): i32 {
  let best = -1;
  let bestGain: f64 = 0;
  let bestNumber = 0;
  for (let k = 0; k < length; k++) {
    const node = nodeAt(load<i32>(entryOf(list, k)));
    const gain = load<f64>(node + nGain);
    const number = load<i32>(node + nNumber);
    if (best >= 0 && (gain < bestGain || (gain === bestGain && number > bestNumber))) continue;
    best = k;
    bestGain = gain;
    bestNumber = number;
  }
  return best;
}
