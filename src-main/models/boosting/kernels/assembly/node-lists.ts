/** Where nodes, their rows and their histograms lie. */
import {
  paramsAt,
  pHistograms,
  pIndex,
  pNodes,
  pRootDirect,
  pRows,
  pSlotBytes,
  nodeBytes,
  nBuffer,
  nFrom,
  nSlot,
} from './layout';

export function nodeAt(number: i32): usize {
  return (<usize>load<u32>(paramsAt + pNodes)) + <usize>number * nodeBytes;
}

export function histogramOf(node: usize): usize {
  return (
    (<usize>load<u32>(paramsAt + pHistograms)) +
    (<usize>load<u32>(node + nSlot)) * (<usize>load<u32>(paramsAt + pSlotBytes))
  );
}

/** Address of a node's row numbers; 0 when they are all rows in order. */
export function rowsOf(node: usize): usize {
  return load<i32>(paramsAt + pRootDirect) !== 0 && node === nodeAt(0) ? 0 : listOf(node);
}

/** Address of a node's row numbers. */
export function listOf(node: usize): usize {
  const lists = <usize>load<u32>(paramsAt + pIndex);
  const list = lists + (<usize>load<u32>(node + nBuffer)) * (<usize>load<u32>(paramsAt + pRows)) * 4;
  return list + ((<usize>load<u32>(node + nFrom)) << 2);
}
