/** Values become codes: how many of a group's thresholds lie below. */
import {
  gKind,
  gData,
  gCount,
  gChunks,
  gFlags,
  gMissingCode,
  gMissing,
  gLevels,
  blockRows,
} from './layout';

/** thresholds that a column of codes tells apart; 255 is missing */
const perChunk: i32 = 254;
/** LightGBM's kZeroThreshold */
const zero: f64 = <f64>(<f32>1e-35);

/** Codes of a block of rows by one group. */
export function quantise(group: usize, input: usize, rows: i32, out: usize): void {
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
