/**
 * A tree that grows leaf by leaf (LightGBM), on all threads: the leaf of largest gain is always split next. Most of the time it
 * is known early which leaves these will be, so a thread that is free divides the best leaf that nobody has divided yet, ahead of
 * its turn; the tree then takes the divided leaves in order of gain, as one thread would have. What was divided in vain is
 * forgotten: it has moved rows within a leaf, no more. So the tree does not depend on the number of threads.
 *
 * Every thread is in `growLeaves`: under one lock it looks at the state, takes a piece of work, and works without the lock. A
 * piece is the division of a node, or one block of columns of the histograms of its children.
 */
import {
  failedAt,
  growChangeAt,
  growAsleepAt,
  growLeavesAt,
  growNextAt,
  growSlotAt,
  growAheadAt,
  growEndAt,
  growFoundAt,
  growWorkAt,
  mostWork,
  workBytes,
  wNode,
  wNext,
  wLeft,
  wBuilt,
  wOther,
  wFlags,
  paramsAt,
  pColumns,
  pBlocks,
  pBlockCount,
  pResults,
  pMostLeaves,
  pSlotCount,
  pFound,
  fMinGain,
  columnBytes,
  cValues,
  blockBytes,
  nSlot,
  nFrom,
  nCount,
  nBuffer,
  nMask,
  nScore,
  nColumn,
  nBin,
  nDefaultLeft,
  nGain,
  nNumber,
  nChild,
  nDepth,
  nState,
  stateLeaf,
  stateFound,
  stateTaken,
  stateDivided,
  pairSubtract,
  pairFindBuilt,
  pairFindOther,
  pairAhead,
  resultBytes,
} from './layout';
import { advance } from './grown-tree';
import { append, bestOf, entryOf, lock, removeAt, tell, unlock } from './leaf-lists';
import { mayBeSplit, ownScore } from './leaf-worth';
import { listOf, nodeAt } from './node-lists';
import { choose, divide, searchPair } from './nodes';
import { partitionRows } from './rows';

// the piece of work that a thread has taken; each thread has its own
let takenNode: i32 = 0;
let takenLast: bool = false;
let takenWork: usize = 0;
let takenBlock: i32 = 0;
let seen: i32 = 0;

const nothing = 0;
const aNode = 1;
const aBlock = 2;
const theEnd = 3;

function freeWork(): usize {
  for (let k = 0; k < mostWork; k++) {
    const entry = <usize>growWorkAt + <usize>k * workBytes;
    if (load<i32>(entry + wNode) < 0) return entry;
  }
  return 0;
}

/** Takes a leaf that nobody has divided. */
function takeNode(number: i32, last: bool): i32 {
  const entry = freeWork();
  if (entry === 0) return nothing;
  const found = <usize>load<u32>(paramsAt + pFound);
  const length = load<i32>(growFoundAt);
  for (let k = 0; k < length; k++)
    if (load<i32>(entryOf(found, k)) === number) {
      removeAt(found, growFoundAt, k);
      break;
    }
  const node = nodeAt(number);
  store<i32>(node + nState, stateTaken);
  const child = load<i32>(growNextAt);
  store<i32>(growNextAt, child + 2);
  store<i32>(node + nChild, child);
  store<i32>(growAheadAt, load<i32>(growAheadAt) + 1);
  store<i32>(entry + wNode, number);
  store<i32>(entry + wNext, load<i32>(paramsAt + pBlockCount));
  const slot = load<i32>(growSlotAt);
  store<i32>(nodeAt(child) + nSlot, slot);
  if (!last) store<i32>(growSlotAt, slot + 1);
  takenNode = number;
  takenLast = last;
  takenWork = entry;
  return aNode;
}

/** Under the lock: what this thread does next. */
function take(): i32 {
  if (load<i32>(growEndAt) !== 0) return theEnd;
  const best = advance();
  if (best < 0) {
    store<i32>(growEndAt, 1);
    tell();
    return theEnd;
  }
  seen = atomic.load<i32>(growChangeAt);
  const left = load<i32>(paramsAt + pMostLeaves) - load<i32>(growLeavesAt);
  // children of the last node that is divided are not searched
  if (load<i32>(nodeAt(best) + nState) === stateFound) return takeNode(best, left === 1);
  const blocks = load<i32>(paramsAt + pBlockCount);
  for (let k = 0; k < mostWork; k++) {
    const entry = <usize>growWorkAt + <usize>k * workBytes;
    const block = load<i32>(entry + wNext);
    if (load<i32>(entry + wNode) < 0 || block >= blocks) continue;
    store<i32>(entry + wNext, block + 1);
    takenWork = entry;
    takenBlock = block;
    return aBlock;
  }
  // slots and numbers must be left for what the tree needs for certain
  const ahead = load<i32>(growAheadAt);
  if (ahead >= left || load<i32>(growSlotAt) + left >= load<i32>(paramsAt + pSlotCount)) return nothing;
  const found = <usize>load<u32>(paramsAt + pFound);
  const k = bestOf(found, load<i32>(growFoundAt));
  return k < 0 ? nothing : takeNode(load<i32>(entryOf(found, k)), false);
}

/** Divides the rows of the node that was taken, and offers the histograms of its children. */
function divideTaken(scratch: usize): void {
  const number = takenNode;
  const entry = takenWork;
  const node = nodeAt(number);
  const column = load<u32>(node + nColumn);
  const low = load<u32>(node + nBin) + 1;
  const columnAt = (<usize>load<u32>(paramsAt + pColumns)) + (<usize>column) * columnBytes;
  const span = load<i32>(node + nDefaultLeft) !== 0 ? load<u32>(columnAt + cValues) - low : 0x7fffffff;
  const count = load<u32>(node + nCount);
  const lefts = <u32>partitionRows(listOf(node), count, column, low, span, 0, scratch);
  const leftNumber = load<i32>(node + nChild);
  const left = nodeAt(leftNumber);
  const right = nodeAt(leftNumber + 1);
  const newSlot = load<i32>(left + nSlot);
  store<u32>(left + nFrom, load<u32>(node + nFrom));
  store<u32>(left + nCount, lefts);
  store<u32>(right + nFrom, load<u32>(node + nFrom) + lefts);
  store<u32>(right + nCount, count - lefts);
  for (let side = 0; side < 2; side++) {
    const child = side === 0 ? left : right;
    store<u32>(child + nBuffer, load<u32>(node + nBuffer));
    store<u32>(child + nMask, 0);
    store<i32>(child + nDepth, load<i32>(node + nDepth) + 1);
    store<i32>(child + nState, stateLeaf);
    store<i32>(child + nChild, 0);
    store<i32>(child + nNumber, 0x7fffffff);
  }
  // divided in vain, and its children say that they are not of the tree
  if (load<i32>(growEndAt) !== 0) return;
  divide(number, leftNumber, leftNumber + 1);
  const leftSmaller = lefts <= count - lefts;
  const small = leftSmaller ? left : right;
  const large = leftSmaller ? right : left;
  const wantSmall = !takenLast && mayBeSplit(small);
  const wantLarge = !takenLast && mayBeSplit(large);
  if (!wantSmall && !wantLarge) {
    lock();
    store<i32>(node + nState, stateDivided);
    store<i32>(entry + wNode, -1);
    tell();
    unlock();
    return;
  }
  store<i32>(small + nSlot, newSlot);
  store<i32>(large + nSlot, load<i32>(node + nSlot));
  let flags = wantSmall ? pairFindBuilt | pairAhead : pairAhead;
  if (wantLarge) flags |= pairFindOther | pairSubtract;
  store<i32>(entry + wBuilt, leftNumber + (leftSmaller ? 0 : 1));
  store<i32>(entry + wOther, wantLarge ? leftNumber + (leftSmaller ? 1 : 0) : -1);
  store<i32>(entry + wFlags, flags);
  const blocks = load<i32>(paramsAt + pBlockCount);
  lock();
  store<i32>(entry + wLeft, blocks);
  store<i32>(entry + wNext, 1);
  tell();
  unlock();
  // this thread goes on with it; a free one may take blocks of it
  takenBlock = 0;
  searchTaken(scratch);
}

/** The block that was taken, and further ones that nobody takes: histograms, and the best splits in it. */
function searchTaken(scratch: usize): void {
  const entry = takenWork;
  const blocks = load<i32>(paramsAt + pBlockCount);
  const place = <i32>((entry - growWorkAt) / workBytes);
  const results = (<usize>load<u32>(paramsAt + pResults)) + <usize>(place * 2 * blocks) * resultBytes;
  const built = nodeAt(load<i32>(entry + wBuilt));
  const other = load<i32>(entry + wOther);
  const flags = load<i32>(entry + wFlags);
  while (takenBlock < blocks) {
    const block = (<usize>load<u32>(paramsAt + pBlocks)) + <usize>takenBlock * blockBytes;
    searchPair(block, built, other, flags, results + <usize>takenBlock * resultBytes, scratch);
    lock();
    takenBlock = finishBlock(entry);
    unlock();
  }
}

/** A child's split out of those of all blocks. */
function settle(number: i32, result: i32): void {
  const node = nodeAt(number);
  if (choose(number, result) < 0) return;
  store<f64>(node + nGain, load<f64>(node + nScore) - ownScore(node) - load<f64>(paramsAt + fMinGain));
  store<i32>(node + nState, stateFound);
  append(<usize>load<u32>(paramsAt + pFound), growFoundAt, number);
}

/** Under the lock: a block is done, with the last one the children are ready. @returns the next block to do */
function finishBlock(entry: usize): i32 {
  const blocks = load<i32>(paramsAt + pBlockCount);
  const left = load<i32>(entry + wLeft) - 1;
  store<i32>(entry + wLeft, left);
  if (left > 0) {
    const next = load<i32>(growEndAt) !== 0 ? blocks : load<i32>(entry + wNext);
    if (next < blocks) store<i32>(entry + wNext, next + 1);
    return next;
  }
  const place = <i32>((entry - growWorkAt) / workBytes);
  const flags = load<i32>(entry + wFlags);
  if ((flags & pairFindBuilt) !== 0) settle(load<i32>(entry + wBuilt), 2 * place);
  if ((flags & pairFindOther) !== 0) settle(load<i32>(entry + wOther), 2 * place + 1);
  store<i32>(nodeAt(load<i32>(entry + wNode)) + nState, stateDivided);
  store<i32>(entry + wNode, -1);
  tell();
  return blocks;
}

/** Grows the tree along with all threads that do the same; returns when it is grown, or when a thread is lost. */
export function growLeaves(scratch: usize): void {
  let waited = 0;
  for (;;) {
    lock();
    const what = take();
    unlock();
    if (what === theEnd) return;
    if (what === aNode) divideTaken(scratch);
    else if (what === aBlock) searchTaken(scratch);
    else {
      let spins = 20000;
      while (spins > 0 && atomic.load<i32>(growChangeAt) === seen) spins--;
      if (spins > 0) {
        waited = 0;
        continue;
      }
      if (atomic.load<i32>(failedAt) !== 0 || waited >= patience) return;
      atomic.add<i32>(growAsleepAt, 1);
      // wakes by itself after 10 ms
      waited = atomic.wait<i32>(growChangeAt, seen, 10_000_000) === 2 ? waited + 10 : 0;
      atomic.sub<i32>(growAsleepAt, 1);
    }
  }
}

/** milliseconds without a sign of the threads that hold work */
const patience = 30_000;
