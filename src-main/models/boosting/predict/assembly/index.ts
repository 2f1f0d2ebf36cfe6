/**
 * Prediction of a block of rows by all trees. Values become codes once per block: how many of the model's own thresholds of
 * the column lie below. From then on a question is a comparison of bytes, 16 rows at a time, and a row's codes stay in cache
 * while the trees pass over them. `predict/compile.ts` writes what is read here.
 *
 * Rows do not meet, and a row's leaves are added up tree after tree, so the result depends neither on the size of a block
 * nor on the thread that has it.
 */

// --- head: where everything lies --------------------------------------------------------------------------------------
const hGroups: usize = 0;
const hGroupCount: usize = 4;
const hTrees: usize = 8;
const hTreeCount: usize = 12;
const hOutputs: usize = 16;
const hLeafWidth: usize = 20;
const hBase: usize = 24;
const hInput: usize = 28;
/** rows a column of the input has room for, and rows it holds */
const hStride: usize = 32;
const hRows: usize = 36;
const hResult: usize = 40;
const hNextBlock: usize = 44;
const hScale: usize = 48;
/** scratch space of thread 0: leaves, slots, sums (outputs x 256 x f64), codes (columns x 256) */
const hScratch: usize = 56;
const hScratchBytes: usize = 60;
const leafBytes: usize = 1024;
const slotBytes: usize = 32 * 128;

// --- a group: one column read in one way ------------------------------------------------------------------------------
const groupBytes: usize = 48;
const gColumn: usize = 0;
/** 0: value < threshold, 1: value <= threshold, 2: in a set of codes, 3: equal to a code */
const gKind: usize = 4;
const gData: usize = 8;
const gCount: usize = 12;
const gFirst: usize = 16;
const gChunks: usize = 20;
/** 1: round to 32 bits, 2: NaN is 0, 4: zero is missing, 8: a missing code is in no set */
const gFlags: usize = 24;
const gMissingCode: usize = 28;
/** f64 that stands for NaN */
const gMissing: usize = 32;
/** levels of the tree of thresholds */
const gLevels: usize = 40;

// --- a tree -----------------------------------------------------------------------------------------------------------
const treeBytes: usize = 32;
/** 0: symmetric, 1: selections from the leaves up, 2: a walk from the root down, 3: symmetric, more than 256 leaves */
const tKind: usize = 0;
const tProgram: usize = 4;
const tCount: usize = 8;
const tValues: usize = 12;
const tOutput: usize = 16;
const tDepth: usize = 20;

/** rows of a block: codes of column v lie at `codes + v * 256` */
const blockShift: u32 = 8;
const blockRows: i32 = 256;
/** rows a selection handles at a time */
const laneRows: i32 = 128;
/** thresholds that a column of codes tells apart; 255 is missing */
const perChunk: i32 = 254;
/** LightGBM's kZeroThreshold */
const zero: f64 = <f64>(<f32>1e-35);

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

// --- values to codes --------------------------------------------------------------------------------------------------
function quantise(group: usize, input: usize, rows: i32, out: usize): void {
  const kind = load<u32>(group + gKind);
  if (kind == 0) borders<bool>(group, input, rows, out);
  else if (kind == 1) borders<i32>(group, input, rows, out);
  else if (kind == 2) members(group, input, rows, out);
  else {
    const code = load<f64>(load<usize>(group + gData));
    for (let i: i32 = 0; i < rows; i++) store<u8>(out + i, <u8>(load<f64>(input + (<usize>i << 3)) == code));
  }
}

/**
 * Counts thresholds <= x (`bool`, for questions `x < threshold`) or < x (`i32`, for `x <= threshold`) by going down a complete
 * binary tree of them: node k's children are 2k and 2k + 1, and what it leads to after all levels is the count. Positions are
 * in bytes. Two rows share a vector, eight rows go down together, so their loads do not wait for each other.
 */
function borders<Kind>(group: usize, input: usize, rows: i32, out: usize): void {
  const data = load<usize>(group + gData);
  const levels = load<u32>(group + gLevels);
  const most = i64x2.splat(<i64>load<i32>(group + gCount));
  const bottom = i64x2.splat(1 << levels);
  const chunks = load<i32>(group + gChunks);
  const flags = load<u32>(group + gFlags);
  const missing = f64x2.splat(load<f64>(group + gMissing));
  const missingCode = i64x2.splat(<i64>load<i32>(group + gMissingCode));
  for (let i: i32 = 0; i < rows; i += 8) {
    const from = input + (<usize>i << 3);
    const xa = read(from, flags, missing);
    const xb = read(from + 16, flags, missing);
    const xc = read(from + 32, flags, missing);
    const xd = read(from + 48, flags, missing);
    let a = i64x2.splat(8);
    let b = a;
    let c = a;
    let d = a;
    for (let level: u32 = 0; level < levels; level++) {
      a = descend<Kind>(data, a, xa);
      b = descend<Kind>(data, b, xb);
      c = descend<Kind>(data, c, xc);
      d = descend<Kind>(data, d, xd);
    }
    a = counted(a, bottom, most);
    b = counted(b, bottom, most);
    c = counted(c, bottom, most);
    d = counted(d, bottom, most);
    const ma = f64x2.eq(xa, xa);
    const mb = f64x2.eq(xb, xb);
    const mc = f64x2.eq(xc, xc);
    const md = f64x2.eq(xd, xd);
    let to = out + i;
    for (let chunk: i32 = 0; chunk < chunks; chunk++, to += blockRows) {
      const below = i64x2.splat(<i64>(chunk * perChunk));
      put(to, a, below, ma, missingCode);
      put(to + 2, b, below, mb, missingCode);
      put(to + 4, c, below, mc, missingCode);
      put(to + 6, d, below, md, missingCode);
    }
  }
}

// @ts-ignore: decorator
@inline
function read(from: usize, flags: u32, missing: v128): v128 {
  let x = v128.load(from);
  if ((flags & 1) != 0) x = f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(x));
  x = v128.bitselect(x, missing, f64x2.eq(x, x));
  if ((flags & 2) != 0) {
    x = v128.bitselect(x, f64x2.splat(0), f64x2.eq(x, x));
    if ((flags & 4) != 0) x = v128.bitselect(f64x2.splat(NaN), x, f64x2.le(f64x2.abs(x), f64x2.splat(zero)));
  }
  return x;
}

// @ts-ignore: decorator
@inline
function descend<Kind>(data: usize, at: v128, x: v128): v128 {
  const first = data + <usize>i64x2.extract_lane(at, 0);
  const second = data + <usize>i64x2.extract_lane(at, 1);
  const limit = v128.load_lane<f64>(second, v128.load_zero<f64>(first), 1);
  const above = isBoolean<Kind>() ? f64x2.le(limit, x) : f64x2.lt(limit, x);
  return i64x2.add(i64x2.shl(at, 1), v128.and(above, i64x2.splat(8)));
}

// @ts-ignore: decorator
@inline
function counted(at: v128, bottom: v128, most: v128): v128 {
  const count = i64x2.sub(i64x2.shr_u(at, 3), bottom);
  // padding is infinite: an infinite value may have passed it
  return v128.bitselect(most, count, i64x2.gt_s(count, most));
}

// @ts-ignore: decorator
@inline
function put(to: usize, count: v128, below: v128, known: v128, missingCode: v128): void {
  let code = i64x2.sub(count, below);
  code = v128.bitselect(i64x2.splat(perChunk), code, i64x2.gt_s(code, i64x2.splat(perChunk)));
  code = v128.and(code, i64x2.ge_s(code, i64x2.splat(0)));
  code = v128.bitselect(code, missingCode, known);
  v128.store_lane<u8>(to, code, 0);
  v128.store_lane<u8>(to, code, 8, 1);
}

/** 0: in the set, 1: not, 255: missing */
function members(group: usize, input: usize, rows: i32, out: usize): void {
  const data = load<usize>(group + gData);
  const codes = <f64>(load<u32>(group + gCount) << 5);
  const missing: u8 = (load<u32>(group + gFlags) & 8) != 0 ? 1 : 255;
  for (let i: i32 = 0; i < rows; i++) {
    const x = load<f64>(input + (<usize>i << 3));
    let code: u8 = 1;
    if (x != x) code = missing;
    else if (x >= 0 && x < codes && x == floor(x)) {
      const c = <u32>x;
      code = <u8>(((load<u32>(data + ((c >> 5) << 2)) >> (c & 31)) & 1) ^ 1);
    }
    store<u8>(out + i, code);
  }
}

// --- codes to leaves --------------------------------------------------------------------------------------------------
/** A question is u16 column, u8 key; yes when code > key. Leaves as bytes. */
function symmetric(program: usize, count: u32, rows: i32, codes: usize, leaves: usize): void {
  const end = program + (<usize>count << 2);
  for (let i: i32 = 0; i < rows; i += 64) {
    let a = i8x16.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let bit = i8x16.splat(1);
    for (let question = program; question < end; question += 4) {
      const column = codes + (<usize>load<u16>(question) << blockShift) + i;
      const key = v128.load_splat<u8>(question + 2);
      a = v128.or(a, v128.and(bit, i8x16.gt_u(v128.load(column), key)));
      b = v128.or(b, v128.and(bit, i8x16.gt_u(v128.load(column, 16), key)));
      c = v128.or(c, v128.and(bit, i8x16.gt_u(v128.load(column, 32), key)));
      d = v128.or(d, v128.and(bit, i8x16.gt_u(v128.load(column, 48), key)));
      bit = i8x16.add(bit, bit);
    }
    v128.store(leaves + i, a);
    v128.store(leaves + i, b, 16);
    v128.store(leaves + i, c, 32);
    v128.store(leaves + i, d, 48);
  }
}

/** The same with leaves as 32-bit words. */
function deepSymmetric(program: usize, count: u32, rows: i32, codes: usize, leaves: usize): void {
  for (let i: i32 = 0; i < rows; i++) {
    let leaf: u32 = 0;
    for (let q: u32 = 0; q < count; q++) {
      const question = program + (<usize>q << 2);
      const code = load<u8>(codes + (<usize>load<u16>(question) << blockShift) + i);
      leaf |= <u32>(code > load<u8>(question, 2)) << q;
    }
    store<u32>(leaves + (<usize>i << 2), leaf);
  }
}

/**
 * Every inner node chooses, for 128 rows at once, between what its children chose: children first, the root last, into slot 0.
 * A node is u16 column, u8 key, u8 add (code + add <= key goes left; 1 lets missing rows wrap round to go left),
 * u8 which children are slots (1 left, 2 right; else leaf numbers), u8 left, u8 right, u8 slot of the result.
 */


function choose(program: usize, count: u32, rows: i32, codes: usize, leaves: usize, slots: usize): void {
  const end = program + (<usize>count << 3);
  if (count == 0) {
    memory.fill(leaves, 0, blockRows);
    return;
  }
  for (let from: i32 = 0; from < rows; from += laneRows) {
    const here = codes + from;
    for (let node = program; node < end; node += 8) {
      const column = here + (<usize>load<u16>(node) << blockShift);
      const key = v128.load_splat<u8>(node + 2);
      const add = v128.load_splat<u8>(node + 3);
      const out = slots + (<usize>load<u8>(node, 7) << 7);
      const left = slots + (<usize>load<u8>(node, 5) << 7);
      const right = slots + (<usize>load<u8>(node, 6) << 7);
      const kind = load<u8>(node, 4);
      if (kind == 0) {
        const l = v128.load_splat<u8>(node + 5);
        const r = v128.load_splat<u8>(node + 6);
        for (let i: usize = 0; i < 128; i += 32) {
          v128.store(out + i, v128.bitselect(l, r, i8x16.le_u(i8x16.add(v128.load(column + i), add), key)));
          v128.store(out + i, v128.bitselect(l, r, i8x16.le_u(i8x16.add(v128.load(column + i, 16), add), key)), 16);
        }
      } else if (kind == 3) {
        for (let i: usize = 0; i < 128; i += 32) {
          v128.store(
            out + i,
            v128.bitselect(v128.load(left + i), v128.load(right + i), i8x16.le_u(i8x16.add(v128.load(column + i), add), key)),
          );
          v128.store(
            out + i,
            v128.bitselect(
              v128.load(left + i, 16),
              v128.load(right + i, 16),
              i8x16.le_u(i8x16.add(v128.load(column + i, 16), add), key),
            ),
            16,
          );
        }
      } else if (kind == 1) {
        const r = v128.load_splat<u8>(node + 6);
        for (let i: usize = 0; i < 128; i += 32) {
          v128.store(
            out + i,
            v128.bitselect(v128.load(left + i), r, i8x16.le_u(i8x16.add(v128.load(column + i), add), key)),
          );
          v128.store(
            out + i,
            v128.bitselect(v128.load(left + i, 16), r, i8x16.le_u(i8x16.add(v128.load(column + i, 16), add), key)),
            16,
          );
        }
      } else {
        const l = v128.load_splat<u8>(node + 5);
        for (let i: usize = 0; i < 128; i += 32) {
          v128.store(
            out + i,
            v128.bitselect(l, v128.load(right + i), i8x16.le_u(i8x16.add(v128.load(column + i), add), key)),
          );
          v128.store(
            out + i,
            v128.bitselect(l, v128.load(right + i, 16), i8x16.le_u(i8x16.add(v128.load(column + i, 16), add), key)),
            16,
          );
        }
      }
    }
    for (let i: usize = 0; i < 128; i += 16) v128.store(leaves + from + i, v128.load(slots + i));
  }
}

/** Four rows go down together. A node is u16 column, u8 key, u8 add, u32 left child, the right one follows; leaves lead to themselves. */
function walk(nodes: usize, depth: u32, rows: i32, codes: usize, leaves: usize): void {
  for (let i: i32 = 0; i < rows; i += 4) {
    let a: u32 = 0;
    let b: u32 = 0;
    let c: u32 = 0;
    let d: u32 = 0;
    const here = codes + i;
    for (let level: u32 = 0; level < depth; level++) {
      const a1 = step(nodes, a, here);
      const b1 = step(nodes, b, here + 1);
      const c1 = step(nodes, c, here + 2);
      const d1 = step(nodes, d, here + 3);
      if (a1 == a && b1 == b && c1 == c && d1 == d) break;
      a = a1;
      b = b1;
      c = c1;
      d = d1;
    }
    store<u32>(leaves + (<usize>i << 2), a);
    store<u32>(leaves + (<usize>i << 2), b, 4);
    store<u32>(leaves + (<usize>i << 2), c, 8);
    store<u32>(leaves + (<usize>i << 2), d, 12);
  }
}

// @ts-ignore: decorator
@inline
function step(nodes: usize, at: u32, codes: usize): u32 {
  const node = nodes + (<usize>at << 3);
  const word = load<u32>(node);
  const code = <u32>load<u8>(codes + (<usize>(word & 0xffff) << blockShift));
  return load<u32>(node, 4) + <u32>(((code + (word >> 24)) & 255) > ((word >> 16) & 255));
}

// --- leaves to sums ---------------------------------------------------------------------------------------------------
function addBytes(leaves: usize, values: usize, rows: i32, sums: usize): void {
  for (let i: i32 = 0; i < rows; i += 8) {
    const eight = load<u64>(leaves + i);
    const sum = sums + (<usize>i << 3);
    two(values, <usize>eight, <usize>(eight >> 8), sum);
    two(values, <usize>(eight >> 16), <usize>(eight >> 24), sum + 16);
    two(values, <usize>(eight >> 32), <usize>(eight >> 40), sum + 32);
    two(values, <usize>(eight >> 48), <usize>(eight >> 56), sum + 48);
  }
}

// @ts-ignore: decorator
@inline
function two(values: usize, a: usize, b: usize, sum: usize): void {
  const pair = v128.load_lane<f64>(
    values + ((b & 255) << 3),
    v128.load_zero<f64>(values + ((a & 255) << 3)),
    1,
  );
  v128.store(sum, f64x2.add(v128.load(sum), pair));
}

/** Whether this tree and the next three have leaves as bytes and add to one output. */
function fourFrom(tree: usize, end: usize): bool {
  if (tree + 4 * treeBytes > end) return false;
  const output = load<u32>(tree + tOutput);
  for (let k: usize = 0; k < 4; k++, tree += treeBytes)
    if (load<u32>(tree + tKind) > 1 || load<u32>(tree + tOutput) != output) return false;
  return true;
}

/** The leaves of four trees, in their order, with one pass over the sums. */
function addFour(leaves: usize, tree: usize, rows: i32, sums: usize): void {
  const first = load<usize>(tree + tValues);
  const second = load<usize>(tree + treeBytes + tValues);
  const third = load<usize>(tree + 2 * treeBytes + tValues);
  const fourth = load<usize>(tree + 3 * treeBytes + tValues);
  for (let i: i32 = 0; i < rows; i += 4) {
    const a = load<u32>(leaves + i);
    const b = load<u32>(leaves + i, 256);
    const c = load<u32>(leaves + i, 512);
    const d = load<u32>(leaves + i, 768);
    const sum = sums + (<usize>i << 3);
    let low = f64x2.add(v128.load(sum), pair(first, a, a >> 8));
    let high = f64x2.add(v128.load(sum, 16), pair(first, a >> 16, a >> 24));
    low = f64x2.add(low, pair(second, b, b >> 8));
    high = f64x2.add(high, pair(second, b >> 16, b >> 24));
    low = f64x2.add(low, pair(third, c, c >> 8));
    high = f64x2.add(high, pair(third, c >> 16, c >> 24));
    low = f64x2.add(low, pair(fourth, d, d >> 8));
    high = f64x2.add(high, pair(fourth, d >> 16, d >> 24));
    v128.store(sum, low);
    v128.store(sum, high, 16);
  }
}

// @ts-ignore: decorator
@inline
function pair(values: usize, a: u32, b: u32): v128 {
  return v128.load_lane<f64>(
    values + (<usize>(b & 255) << 3),
    v128.load_zero<f64>(values + (<usize>(a & 255) << 3)),
    1,
  );
}

function addWideBytes(leaves: usize, values: usize, width: usize, rows: i32, sums: usize): void {
  for (let i: i32 = 0; i < rows; i++) {
    const sum = sums + (<usize>i << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(values + ((<usize>load<u8>(leaves + i) * width) << 3)));
  }
}

function addWords(leaves: usize, values: usize, width: usize, rows: i32, sums: usize): void {
  for (let i: i32 = 0; i < rows; i++) {
    const sum = sums + (<usize>i << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(values + ((load<usize>(leaves + (<usize>i << 2)) * width) << 3)));
  }
}
