/**
 * What a row of a node adds to the histograms, see histogram.ts for their cells: the loop that training spends most of its time in.
 * Its columns are written out one by one, as offsets must be constants in the text.
 */
import { laneCells } from './layout';

/** What a row adds to its cells: gradient << shift and a count of one. */
// @ts-ignore: decorator
@inline
export function valueOf<T>(gradients: usize, row: usize, unit: i64, shift: i32): T {
  if (isVector<T>()) {
    // @ts-ignore: static branch
    return i64x2.add(i64x2.shl(v128.load_ext<i32>(gradients + (row << 3)), shift), i64x2(0, 1));
  } else {
    const gradient: i64 = load<i32>(gradients + (row << 2));
    // a product costs less than a shift by a number that is not constant
    // @ts-ignore: static branch
    return gradient * unit + 1;
  }
}

/** 3 or 4: cells are 8 or 16 bytes */
// @ts-ignore: decorator
@inline
export function cellShift<T>(): u32 {
  return isVector<T>() ? 4 : 3;
}

/**
 * One row of `lanes` columns, whose cells lie {@link laneCells} apart from `to` on; `lanes` is a constant wherever this is used,
 * so the rest compiles to nothing.
 */
// @ts-ignore: decorator
@inline
export function addRow<T>(lanes: i32, at: usize, value: T, to: usize): void {
  // offsets that the compiler knows are free, and leave registers for the rest
  if (isVector<T>()) {
    {
      const cell = to + ((<usize>load<u8>(at, 0)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 0 * laneCells * 16), value), 0 * laneCells * 16);
    }
    if (lanes > 1) {
      const cell = to + ((<usize>load<u8>(at, 1)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 1 * laneCells * 16), value), 1 * laneCells * 16);
    }
    if (lanes > 2) {
      const cell = to + ((<usize>load<u8>(at, 2)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 2 * laneCells * 16), value), 2 * laneCells * 16);
    }
    if (lanes > 3) {
      const cell = to + ((<usize>load<u8>(at, 3)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 3 * laneCells * 16), value), 3 * laneCells * 16);
    }
    if (lanes > 4) {
      const cell = to + ((<usize>load<u8>(at, 4)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 4 * laneCells * 16), value), 4 * laneCells * 16);
    }
    if (lanes > 5) {
      const cell = to + ((<usize>load<u8>(at, 5)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 5 * laneCells * 16), value), 5 * laneCells * 16);
    }
    if (lanes > 6) {
      const cell = to + ((<usize>load<u8>(at, 6)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 6 * laneCells * 16), value), 6 * laneCells * 16);
    }
    if (lanes > 7) {
      const cell = to + ((<usize>load<u8>(at, 7)) << 4);
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell, 7 * laneCells * 16), value), 7 * laneCells * 16);
    }
  } else {
    {
      const cell = to + ((<usize>load<u8>(at, 0)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 0 * laneCells * 8) + value, 0 * laneCells * 8);
    }
    if (lanes > 1) {
      const cell = to + ((<usize>load<u8>(at, 1)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 1 * laneCells * 8) + value, 1 * laneCells * 8);
    }
    if (lanes > 2) {
      const cell = to + ((<usize>load<u8>(at, 2)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 2 * laneCells * 8) + value, 2 * laneCells * 8);
    }
    if (lanes > 3) {
      const cell = to + ((<usize>load<u8>(at, 3)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 3 * laneCells * 8) + value, 3 * laneCells * 8);
    }
    if (lanes > 4) {
      const cell = to + ((<usize>load<u8>(at, 4)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 4 * laneCells * 8) + value, 4 * laneCells * 8);
    }
    if (lanes > 5) {
      const cell = to + ((<usize>load<u8>(at, 5)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 5 * laneCells * 8) + value, 5 * laneCells * 8);
    }
    if (lanes > 6) {
      const cell = to + ((<usize>load<u8>(at, 6)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 6 * laneCells * 8) + value, 6 * laneCells * 8);
    }
    if (lanes > 7) {
      const cell = to + ((<usize>load<u8>(at, 7)) << 3);
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell, 7 * laneCells * 8) + value, 7 * laneCells * 8);
    }
  }
}
