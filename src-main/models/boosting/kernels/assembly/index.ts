/**
 * The kernel: every thread has an instance of it on the same memory. The calling thread publishes a job (an operation and a
 * number of tasks); whoever is free takes the next task. A job is done when its tasks are done, so a thread that is late, or
 * dead while idle, holds up nothing.
 */
import { binRows, sortColumn } from './binning';
import { measureChunk, quantiseChunk } from './gradients';
import { addBlock, buildBlock, subtractBlock } from './histogram';
import {
  asleepAt,
  bFresh,
  blockBytes,
  cCell,
  columnBytes,
  doneAt,
  failedAt,
  gateAt,
  nBuffer,
  nCount,
  nFrom,
  nBin,
  nColumn,
  nDefaultLeft,
  nGradient,
  nHessian,
  nLeft0,
  nLeft1,
  nScore,
  nSlot,
  nSum0,
  nSum1,
  nodeBytes,
  opAdd,
  opBin,
  opGather,
  opHistogram,
  opLeaves,
  opMeasure,
  opPartial,
  opPartition,
  opQuantise,
  opScore,
  opSort,
  opTraverse,
  operationAt,
  pBlockCount,
  pBlocks,
  pColumns,
  pHistograms,
  pIndex,
  pLevelCount,
  pLevelNodes,
  pPartials,
  pShift,
  pWide,
  fGradientUnit,
  fHessianUnit,
  rBin,
  rColumn,
  rDefaultLeft,
  rLeft0,
  rLeft1,
  rScore,
  pNodes,
  pPairs,
  pPartialAt,
  pPartialCount,
  pResults,
  pRootDirect,
  pRows,
  pScratch,
  pScratchBytes,
  pSlotBytes,
  pairBoth,
  pairBytes,
  pairFilled,
  pairFindBuilt,
  pairFindOther,
  pairSubtract,
  paramsAt,
  partialBytes,
  qBuild,
  qFlags,
  qOther,
  resultBytes,
  stopAt,
  ticketAt,
  waitingAt,
} from './layout';
import { addLeaves, gatherChunk, markLeaves, partitionChunk, traverse } from './rows';
import { scoreColumn } from './score';
import { findInBlock } from './split';

/** number of this thread; 0 is the caller */
let self: i32 = 0;

/** Memory of this thread's own. */
function scratch(): usize {
  return (<usize>load<u32>(paramsAt + pScratch)) + <usize>self * (<usize>load<u32>(paramsAt + pScratchBytes));
}

function nodeAt(number: i32): usize {
  return (<usize>load<u32>(paramsAt + pNodes)) + <usize>number * nodeBytes;
}

function histogramOf(node: usize): usize {
  return (
    (<usize>load<u32>(paramsAt + pHistograms)) +
    (<usize>load<u32>(node + nSlot)) * (<usize>load<u32>(paramsAt + pSlotBytes))
  );
}

/** Address of a node's row numbers; 0 when they are all rows in order. */
function rowsOf(node: usize): usize {
  if (load<i32>(paramsAt + pRootDirect) !== 0 && node === nodeAt(0)) return 0;
  const lists = <usize>load<u32>(paramsAt + pIndex);
  const list = lists + (<usize>load<u32>(node + nBuffer)) * (<usize>load<u32>(paramsAt + pRows)) * 4;
  return list + ((<usize>load<u32>(node + nFrom)) << 2);
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
  const builtCells = histogramOf(built);
  if ((flags & pairFilled) === 0)
    buildBlock(block, rowsOf(built), 0, load<u32>(built + nCount), builtCells, scratch());
  else {
    const parts = load<i32>(paramsAt + pPartialCount);
    for (let part = 1; part < parts; part++) addBlock(block, builtCells, partAt(part));
  }
  const result =
    (<usize>load<u32>(paramsAt + pResults)) + <usize>(pairNumber * 2 * blocks + blockNumber) * resultBytes;
  const number = load<i32>(pair + qOther);
  if (number >= 0) {
    const other = nodeAt(number);
    const otherCells = histogramOf(other);
    if ((flags & pairBoth) !== 0 || load<i32>(block + bFresh) !== 0)
      buildBlock(block, rowsOf(other), 0, load<u32>(other + nCount), otherCells, scratch());
    else if ((flags & pairSubtract) !== 0) subtractBlock(block, otherCells, builtCells);
    if ((flags & pairFindOther) !== 0)
      findInBlock(block, otherCells, other, result + <usize>blocks * resultBytes);
  }
  if ((flags & pairFindBuilt) !== 0) findInBlock(block, builtCells, built, result);
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
 * Best of a node's results over all blocks, written to the node; of equal scores the lowest column wins.
 * @returns its column, or -1
 */
export function choose(number: i32, resultNumber: i32): i32 {
  const node = nodeAt(number);
  const blocks = load<i32>(paramsAt + pBlockCount);
  let result = (<usize>load<u32>(paramsAt + pResults)) + <usize>(resultNumber * blocks) * resultBytes;
  let column = -1;
  let score: f64 = 0;
  for (let b = 0; b < blocks; b++) {
    const other = load<i32>(result + rColumn);
    const otherScore = load<f64>(result + rScore);
    if (other >= 0 && (column < 0 || otherScore > score || (otherScore === score && other < column))) {
      column = other;
      score = otherScore;
      store<f64>(node + nScore, score);
      store<i64>(node + nLeft0, load<i64>(result + rLeft0));
      store<i64>(node + nLeft1, load<i64>(result + rLeft1));
      store<i32>(node + nBin, load<i32>(result + rBin));
      store<i32>(node + nDefaultLeft, load<i32>(result + rDefaultLeft));
    }
    result += resultBytes;
  }
  store<i32>(node + nColumn, column);
  return column;
}

/** Sums of a node as numbers: gradient and hessian. */
export function reveal(number: i32): void {
  const node = nodeAt(number);
  const shift = <i64>load<i32>(paramsAt + pShift);
  const sum0 = load<i64>(node + nSum0);
  const sum1 = load<i64>(node + nSum1);
  store<f64>(node + nGradient, <f64>(sum0 >> shift) * load<f64>(paramsAt + fGradientUnit));
  store<f64>(
    node + nHessian,
    load<i32>(paramsAt + pWide) !== 0
      ? <f64>(sum1 >> shift) * load<f64>(paramsAt + fHessianUnit)
      : <f64>(sum0 & (((<i64>1) << shift) - 1)),
  );
}

/** Sums of the children of a split node. */
export function divide(number: i32, left: i32, right: i32): void {
  const node = nodeAt(number);
  const a = nodeAt(left);
  const b = nodeAt(right);
  store<i64>(a + nSum0, load<i64>(node + nLeft0));
  store<i64>(a + nSum1, load<i64>(node + nLeft1));
  store<i64>(b + nSum0, load<i64>(node + nSum0) - load<i64>(node + nLeft0));
  store<i64>(b + nSum1, load<i64>(node + nSum1) - load<i64>(node + nLeft1));
  reveal(left);
  reveal(right);
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
