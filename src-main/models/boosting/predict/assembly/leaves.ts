/** Codes become leaves, by the programs of trees. */
import { blockShift, blockRows } from './layout';

/** rows a selection handles at a time */
const laneRows: i32 = 128;

/** A question is u16 column, u8 key; yes when code >= key, which processors compare quicker than >. Leaves as bytes. */
export function symmetric(program: usize, count: u32, rows: i32, codes: usize, leaves: usize): void {
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
      a = v128.or(a, v128.and(bit, i8x16.ge_u(v128.load(column), key)));
      b = v128.or(b, v128.and(bit, i8x16.ge_u(v128.load(column, 16), key)));
      c = v128.or(c, v128.and(bit, i8x16.ge_u(v128.load(column, 32), key)));
      d = v128.or(d, v128.and(bit, i8x16.ge_u(v128.load(column, 48), key)));
      bit = i8x16.add(bit, bit);
    }
    v128.store(leaves + i, a);
    v128.store(leaves + i, b, 16);
    v128.store(leaves + i, c, 32);
    v128.store(leaves + i, d, 48);
  }
}

/** The same with leaves as 32-bit words. */
export function deepSymmetric(program: usize, count: u32, rows: i32, codes: usize, leaves: usize): void {
  for (let i: i32 = 0; i < rows; i++) {
    let leaf: u32 = 0;
    for (let q: u32 = 0; q < count; q++) {
      const question = program + (<usize>q << 2);
      const code = load<u8>(codes + (<usize>load<u16>(question) << blockShift) + i);
      leaf |= <u32>(code >= load<u8>(question, 2)) << q;
    }
    store<u32>(leaves + (<usize>i << 2), leaf);
  }
}

/**
 * Every inner node chooses, for 128 rows at once, between what its children chose: children first, the root last, into slot 0.
 * A node is u16 column, u8 key, u8 add (code + add <= key goes left; 1 lets missing rows wrap round to go left),
 * u8 which children are slots (1 left, 2 right; else leaf numbers), u8 left, u8 right, u8 slot of the result.
 */
export function choose(program: usize, count: u32, rows: i32, codes: usize, leaves: usize, slots: usize): void {
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
export function walk(nodes: usize, depth: u32, rows: i32, codes: usize, leaves: usize): void {
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
