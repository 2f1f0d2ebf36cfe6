/** The tree that grows leaf by leaf: divided leaves become part of it in order of gain. */
import {
  growLeavesAt,
  growAheadAt,
  growEndAt,
  growOpenAt,
  paramsAt,
  pMostLeaves,
  pOpen,
  pGrown,
  nodeBytes,
  nNumber,
  nChild,
  nState,
  stateLeaf,
  stateDivided,
} from './layout';
import { append, bestOf, entryOf, removeAt } from './leaf-lists';
import { nodeAt } from './node-lists';

/** Makes divided leaves part of the tree as long as the best one is divided. @returns the best one that is not; -1: none */
export function advance(): i32 {
  const open = <usize>load<u32>(paramsAt + pOpen);
  const grown = <usize>load<u32>(paramsAt + pGrown);
  const most = load<i32>(paramsAt + pMostLeaves);
  let k = 0;
  while (true) {
    const leaves = load<i32>(growLeavesAt);
    k = leaves < most ? bestOf(open, load<i32>(growOpenAt)) : -1;
    if (k < 0) break;
    const number = load<i32>(entryOf(open, k));
    const node = nodeAt(number);
    if (load<i32>(node + nState) !== stateDivided) return number;
    removeAt(open, growOpenAt, k);
    const first = 2 * leaves - 1;
    for (let side = 0; side < 2; side++) {
      const childNumber = load<i32>(node + nChild) + side;
      const child = nodeAt(childNumber);
      store<i32>(child + nNumber, first + side);
      store<i32>(entryOf(grown, first + side), childNumber);
      if (load<i32>(child + nState) !== stateLeaf) append(open, growOpenAt, childNumber);
    }
    store<i32>(growLeavesAt, leaves + 1);
    store<i32>(growAheadAt, load<i32>(growAheadAt) - 1);
  }
  return -1;
}

/**
 * Once the tree is grown: its nodes take the places `0 ... 2 leaves - 2` of the table.
 * @returns how many leaves it has; 0: a thread was lost, and it is not grown
 */
export function placeNodes(): i32 {
  const grown = <usize>load<u32>(paramsAt + pGrown);
  if (load<i32>(growEndAt) === 0) return 0;
  const leaves = load<i32>(growLeavesAt);
  const count = 2 * leaves - 1;
  for (let k = 0; k < count; k++) {
    const from = nodeAt(load<i32>(entryOf(grown, k)));
    const node = nodeAt(k);
    if (k > 0) memory.copy(node, from, nodeBytes);
    const child = load<i32>(from + nChild);
    const number = child === 0 ? 0 : load<i32>(nodeAt(child) + nNumber);
    // a child that never became part of the tree has no number in it
    store<i32>(node + nChild, number < count ? number : 0);
  }
  return leaves;
}
