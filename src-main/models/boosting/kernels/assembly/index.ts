/**
 * The kernel: every thread has an instance of it on the same memory. The calling thread publishes a job (an operation and a
 * number of tasks); whoever is free takes the next task. A job is done when its tasks are done, so a thread that is late, or
 * dead while idle, holds up nothing.
 */
import { binRows, sortColumn } from './binning';
import { differences, measureChunk, quantiseChunk } from './gradients';
import { addBlock, buildBlock } from './histogram';
import {
  ticketAt,
  doneAt,
  gateAt,
  asleepAt,
  waitingAt,
  failedAt,
  stopAt,
  operationAt,
  paramsAt,
  pWide,
  pColumns,
  pBlocks,
  pBlockCount,
  pSlotBytes,
  pPairs,
  pResults,
  pScratch,
  pScratchBytes,
  pPartials,
  pLevelNodes,
  pLevelCount,
  pPartialCount,
  pPartialAt,
  columnBytes,
  cCell,
  blockBytes,
  nSum0,
  nSum1,
  nCount,
  nLeft0,
  nLeft1,
  pairBytes,
  qBuild,
  qOther,
  qFlags,
  pairFilled,
  resultBytes,
  partialBytes,
  opMeasure,
  opQuantise,
  opHistogram,
  opPartition,
  opGather,
  opLeaves,
  opTraverse,
  opAdd,
  opSort,
  opBin,
  opScore,
  opPartial,
  opGrow,
  opDifference,
} from './layout';
import { growLeaves } from './leafwise';
import { histogramOf, nodeAt, rowsOf } from './node-lists';
import { divide, reveal, searchPair } from './nodes';
import { addLeaves, gatherChunk, markLeaves, partitionChunk, traverse } from './rows';
import { scoreColumn } from './score';

export { placeNodes } from './grown-tree';
export { choose, divide, reveal } from './nodes';

/** number of this thread; 0 is the caller */
let self: i32 = 0;

/** Memory of this thread's own. */
function scratch(): usize {
  return (<usize>load<u32>(paramsAt + pScratch)) + <usize>self * (<usize>load<u32>(paramsAt + pScratchBytes));
}

/** Cells of part 1, 2 ... of a histogram that is made by stretches of rows. */
function partAt(part: i32): usize {
  const first = <usize>load<u32>(paramsAt + pPartialAt);
  return first + <usize>(part - 1) * (<usize>load<u32>(paramsAt + pSlotBytes));
}

/** A stretch of the rows of the first pair's node, in one block: with few columns and many threads rows are cut, too. */
function partial(task: i32): void {
  const blocks = load<i32>(paramsAt + pBlockCount);
  const part = task / blocks;
  const block = (<usize>load<u32>(paramsAt + pBlocks)) + <usize>(task - part * blocks) * blockBytes;
  const built = nodeAt(load<i32>((<usize>load<u32>(paramsAt + pPairs)) + qBuild));
  const count = <u64>load<u32>(built + nCount);
  const parts = <u64>load<i32>(paramsAt + pPartialCount);
  const from = <usize>((count * <u64>part) / parts);
  const end = <usize>((count * <u64>(part + 1)) / parts);
  const rows = rowsOf(built);
  const cells = part === 0 ? histogramOf(built) : partAt(part);
  buildBlock(block, rows === 0 ? 0 : rows + (from << 2), rows === 0 ? from : 0, end - from, cells, scratch());
}

/** Histograms of a pair of nodes in one block of columns, and the best split of each in it. */
function histograms(task: i32): void {
  const blocks = load<i32>(paramsAt + pBlockCount);
  const pairNumber = task / blocks;
  const blockNumber = task - pairNumber * blocks;
  const block = (<usize>load<u32>(paramsAt + pBlocks)) + <usize>blockNumber * blockBytes;
  const pair = (<usize>load<u32>(paramsAt + pPairs)) + <usize>pairNumber * pairBytes;
  const flags = load<i32>(pair + qFlags);
  const built = nodeAt(load<i32>(pair + qBuild));
  if ((flags & pairFilled) !== 0) {
    const parts = load<i32>(paramsAt + pPartialCount);
    for (let part = 1; part < parts; part++) addBlock(block, histogramOf(built), partAt(part));
  }
  const result =
    (<usize>load<u32>(paramsAt + pResults)) + <usize>(pairNumber * 2 * blocks + blockNumber) * resultBytes;
  searchPair(block, built, load<i32>(pair + qOther), flags, result, scratch());
}

function work(operation: i32, task: i32): void {
  switch (operation) {
    case opMeasure:
      measureChunk(task);
      break;
    case opQuantise:
      quantiseChunk(task);
      break;
    case opHistogram:
      histograms(task);
      break;
    case opPartial:
      partial(task);
      break;
    case opPartition:
      partitionChunk(task, scratch());
      break;
    case opGather:
      gatherChunk(task);
      break;
    case opLeaves:
      markLeaves(task);
      break;
    case opTraverse:
      traverse(task);
      break;
    case opAdd:
      addLeaves(task);
      break;
    case opSort:
      sortColumn(task);
      break;
    case opBin:
      binRows(task);
      break;
    case opScore:
      scoreColumn(task);
      break;
    case opDifference:
      differences(task);
      break;
    case opGrow:
      growLeaves(scratch());
      break;
    default:
      unreachable();
  }
}

// ticket: | job 16 | tasks 24 | next task 24 |
const nextMask: i64 = 0xffffff;

// @ts-ignore: decorator
@inline
function hasWork(ticket: i64): bool {
  return (ticket & nextMask) < ((ticket >> 24) & nextMask);
}

/** Takes tasks until none is left. @returns how many it did */
function help(): i32 {
  let done = 0;
  while (hasWork(atomic.load<i64>(ticketAt))) {
    const ticket = atomic.add<i64>(ticketAt, 1);
    if (!hasWork(ticket)) break;
    // the job cannot end before this task is done, so what it says stays valid
    const tasks = <i32>((ticket >> 24) & nextMask);
    work(load<i32>(operationAt), <i32>(ticket & nextMask));
    done++;
    if (atomic.add<i32>(doneAt, 1) + 1 === tasks && atomic.load<i32>(waitingAt) !== 0)
      atomic.notify(doneAt, 1);
  }
  return done;
}

/** What a helping thread does all its life; returns when it is told to stop. */
export function serve(thread: i32, spins: i32): void {
  self = thread;
  while (atomic.load<i32>(stopAt) === 0) {
    help();
    let left = spins;
    while (left > 0 && !hasWork(atomic.load<i64>(ticketAt)) && atomic.load<i32>(stopAt) === 0) left--;
    if (left > 0) continue;
    const gate = atomic.load<i32>(gateAt);
    atomic.add<i32>(asleepAt, 1);
    if (!hasWork(atomic.load<i64>(ticketAt)) && atomic.load<i32>(stopAt) === 0)
      atomic.wait<i32>(gateAt, gate, -1);
    atomic.sub<i32>(asleepAt, 1);
  }
}

/** Does a job on this thread alone. */
export function alone(operation: i32, tasks: i32): void {
  for (let task = 0; task < tasks; task++) work(operation, task);
}

/**
 * Sums of the children of all nodes of a level (score.ts) that are asked one question: right when the bin is above `bin`, or,
 * `equal`, when it is `bin`. Node k of the level has the children `first + 2 k` and the one after it.
 */
export function answer(columnNumber: i32, bin: i32, equal: i32, first: i32): void {
  const column = (<usize>load<u32>(paramsAt + pColumns)) + <usize>columnNumber * columnBytes;
  const s: usize = load<i32>(paramsAt + pWide) !== 0 ? 4 : 3;
  const level = <usize>load<u32>(paramsAt + pLevelNodes);
  const count = load<i32>(paramsAt + pLevelCount);
  for (let k = 0; k < count; k++) {
    const number = load<i32>(level + ((<usize>k) << 2));
    const node = nodeAt(number);
    const cells = histogramOf(node) + ((<usize>load<u32>(column + cCell)) << s);
    let sum0: i64 = 0;
    let sum1: i64 = 0;
    for (let b = equal !== 0 ? bin : 0; b <= bin; b++) {
      sum0 += load<i64>(cells + ((<usize>b) << s));
      if (s === 4) sum1 += load<i64>(cells + ((<usize>b) << s), 8);
    }
    store<i64>(node + nLeft0, equal !== 0 ? load<i64>(node + nSum0) - sum0 : sum0);
    store<i64>(node + nLeft1, equal !== 0 ? load<i64>(node + nSum1) - sum1 : sum1);
    divide(number, first + 2 * k, first + 2 * k + 1);
  }
}

/** Sums of the root out of those of the chunks of rows. */
export function total(chunks: i32): void {
  const node = nodeAt(0);
  let part = <usize>load<u32>(paramsAt + pPartials);
  let sum0: i64 = 0;
  let sum1: i64 = 0;
  for (let i = 0; i < chunks; i++) {
    sum0 += load<i64>(part);
    sum1 += load<i64>(part + 8);
    part += partialBytes;
  }
  store<i64>(node + nSum0, sum0);
  store<i64>(node + nSum1, sum1);
  reveal(0);
}

let job: i64 = 0;

/**
 * Does a job on all threads.
 * @returns 0 when done; 1 when a thread broke off; 2 when a thread that holds a task has not come back for `patience` ms
 */
export function run(operation: i32, tasks: i32, patience: i32): i32 {
  store<i32>(operationAt, operation);
  atomic.store<i32>(doneAt, 0);
  job = (job + 1) & 0xffff;
  atomic.store<i64>(ticketAt, (job << 48) | ((<i64>tasks) << 24));
  atomic.add<i32>(gateAt, 1);
  if (atomic.load<i32>(asleepAt) > 0) atomic.notify(gateAt, -1);
  help();
  let spins = 20000;
  while (atomic.load<i32>(doneAt) < tasks && spins > 0) spins--;
  let waited = 0;
  while (atomic.load<i32>(doneAt) < tasks) {
    if (atomic.load<i32>(failedAt) !== 0) return 1;
    if (waited >= patience) return 2;
    atomic.store<i32>(waitingAt, 1);
    const done = atomic.load<i32>(doneAt);
    // wakes by itself after 10 ms, so a notification that came too early costs no more
    if (done < tasks) waited += atomic.wait<i32>(doneAt, done, 10_000_000) === 2 ? 10 : 0;
    atomic.store<i32>(waitingAt, 0);
  }
  return 0;
}

/** Lets all threads go. */
export function stop(): void {
  atomic.store<i32>(stopAt, 1);
  atomic.add<i32>(gateAt, 1);
  atomic.notify(gateAt, -1);
}
