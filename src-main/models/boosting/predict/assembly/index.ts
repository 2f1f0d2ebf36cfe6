/**
 * Prediction of a block of rows by all trees. Values become codes once per block: how many of the model's own thresholds of
 * the column lie below. From then on a question is a comparison of bytes, 16 rows at a time, and a row's codes stay in cache
 * while the trees pass over them. `predict/compile.ts` writes what is read here.
 *
 * Rows do not meet, and a row's leaves are added up tree after tree, so the result depends neither on the size of a block
 * nor on the thread that has it.
 */

import { quantise } from './codes';
import {
  hGroups,
  hGroupCount,
  hTrees,
  hTreeCount,
  hOutputs,
  hLeafWidth,
  hBase,
  hInput,
  hStride,
  hRows,
  hResult,
  hNextBlock,
  hScale,
  hScratch,
  hScratchBytes,
  groupBytes,
  gColumn,
  gFirst,
  treeBytes,
  tKind,
  tProgram,
  tCount,
  tValues,
  tOutput,
  tDepth,
  blockShift,
  blockRows,
} from './layout';
import { choose, deepSymmetric, symmetric, walk } from './leaves';
import { addBytes, addFour, addWideBytes, addWords, fourFrom } from './sums';

const leafBytes: usize = 1024;
const slotBytes: usize = 32 * 128;

/** Takes blocks of the input until there are none left; `thread` chooses the scratch space. */
export function predict(head: usize, thread: i32): void {
  for (;;) {
    const from = atomic.add<i32>(head + hNextBlock, 1) * blockRows;
    // nothing is read before a block is taken: a thread that comes late finds the next job's values or no block
    const rows = load<i32>(head + hRows);
    if (from >= rows) return;
    const scratch = load<usize>(head + hScratch) + <usize>thread * load<usize>(head + hScratchBytes);
    const sums = scratch + leafBytes + slotBytes;
    const codes = sums + ((load<usize>(head + hOutputs) << blockShift) << 3);
    block(head, from, min(blockRows, rows - from), codes, scratch, scratch + leafBytes, sums);
  }
}

function block(head: usize, from: i32, rows: i32, codes: usize, leaves: usize, slots: usize, sums: usize): void {
  const input = load<usize>(head + hInput) + (<usize>from << 3);
  const stride = load<usize>(head + hStride) << 3;
  let group = load<usize>(head + hGroups);
  const groups = group + load<usize>(head + hGroupCount) * groupBytes;
  for (; group < groups; group += groupBytes)
    quantise(group, input + load<usize>(group + gColumn) * stride, rows, codes + (load<usize>(group + gFirst) << blockShift));

  const outputs = load<usize>(head + hOutputs);
  const width = load<usize>(head + hLeafWidth);
  memory.fill(sums, 0, (outputs << blockShift) << 3);
  let tree = load<usize>(head + hTrees);
  const trees = tree + load<usize>(head + hTreeCount) * treeBytes;
  for (; tree < trees; tree += treeBytes) {
    const kind = load<u32>(tree + tKind);
    const program = load<usize>(tree + tProgram);
    const count = load<u32>(tree + tCount);
    const values = load<usize>(tree + tValues);
    if (width == 1 && fourFrom(tree, trees)) {
      for (let k: usize = 0; k < 4; k++) {
        const one = tree + k * treeBytes;
        const to = leaves + (k << blockShift);
        if (load<u32>(one + tKind) == 0)
          symmetric(load<usize>(one + tProgram), load<u32>(one + tCount), rows, codes, to);
        else choose(load<usize>(one + tProgram), load<u32>(one + tCount), rows, codes, to, slots);
      }
      addFour(leaves, tree, rows, sums + ((load<usize>(tree + tOutput) << blockShift) << 3));
      tree += 3 * treeBytes;
      continue;
    }
    if (kind == 0) symmetric(program, count, rows, codes, leaves);
    else if (kind == 1) choose(program, count, rows, codes, leaves, slots);
    else if (kind == 2) walk(program, load<u32>(tree + tDepth), rows, codes, leaves);
    else deepSymmetric(program, count, rows, codes, leaves);
    const bytes = kind < 2;
    if (width == 1) {
      const sum = sums + ((load<usize>(tree + tOutput) << blockShift) << 3);
      if (bytes) addBytes(leaves, values, rows, sum);
      else addWords(leaves, values, 1, rows, sum);
    } else
      for (let k: usize = 0; k < width; k++) {
        const sum = sums + ((k << blockShift) << 3);
        if (bytes) addWideBytes(leaves, values + (k << 3), width, rows, sum);
        else addWords(leaves, values + (k << 3), width, rows, sum);
      }
  }

  const scale = load<f64>(head + hScale);
  const base = load<usize>(head + hBase);
  for (let k: usize = 0; k < outputs; k++) {
    const offset = load<f64>(base + (k << 3));
    const sum = sums + ((k << blockShift) << 3);
    const result = load<usize>(head + hResult) + k * stride + (<usize>from << 3);
    for (let i: usize = 0; i < <usize>rows << 3; i += 8) store<f64>(result + i, offset + scale * load<f64>(sum + i));
  }
}
