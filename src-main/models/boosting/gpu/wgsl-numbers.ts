/**
 * @file Arithmetic in WGSL, which has neither 64-bit whole numbers nor doubles: both are put together from 32-bit whole
 * numbers, whose results every driver must give exactly. (Pairs of 32-bit floating-point numbers would not do: compilers of
 * drivers may reorder them.)
 *
 *   whole numbers   vec2<u32>, the lower word first; two's complement where they are signed
 *   Num             (-1)^s m 2^e with 64 bits in m, the highest of them set; m = 0 is zero. Results are cut, not rounded:
 *                   sums and products are off by less than 2^-62 of themselves, quotients by less than 2^-46
 */

/** words of a Num in a buffer: m (two), e, s */
export const numWords = 4;

export const wgslNumbers = /* wgsl */ `
fn add64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2(low, a.y + b.y + select(0u, 1u, low < a.x));
}
fn sub64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return vec2(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}
fn below64(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.y < b.y || (a.y == b.y && a.x < b.x);
}
// shifts by 0 to 63
fn left64(a: vec2<u32>, by: u32) -> vec2<u32> {
  if (by == 0u) { return a; }
  if (by >= 32u) { return vec2(0u, a.x << (by - 32u)); }
  return vec2(a.x << by, (a.y << by) | (a.x >> (32u - by)));
}
fn right64(a: vec2<u32>, by: u32) -> vec2<u32> {
  if (by == 0u) { return a; }
  if (by >= 32u) { return vec2(a.y >> (by - 32u), 0u); }
  return vec2((a.x >> by) | (a.y << (32u - by)), a.y >> by);
}

struct Num { m: vec2<u32>, e: i32, s: u32 }

fn noNum() -> Num { return Num(vec2(0u, 0u), 0, 0u); }
fn isZero(a: Num) -> bool { return (a.m.x | a.m.y) == 0u; }
fn unpack(v: vec4<u32>) -> Num { return Num(v.xy, bitcast<i32>(v.z), v.w); }
fn pack(a: Num) -> vec4<u32> { return vec4(a.m, bitcast<u32>(a.e), a.s); }
fn minus(a: Num) -> Num { return Num(a.m, a.e, 1u - a.s); }

fn normal(m: vec2<u32>, e: i32, s: u32) -> Num {
  if ((m.x | m.y) == 0u) { return noNum(); }
  let by = select(32u + countLeadingZeros(m.x), countLeadingZeros(m.y), m.y != 0u);
  return Num(left64(m, by), e - i32(by), s);
}
fn ofWhole(a: u32) -> Num { return normal(vec2(a, 0u), 0, 0u); }
fn ofSigned(a: vec2<u32>, e: i32) -> Num {
  if ((a.y >> 31u) == 1u) { return normal(sub64(vec2(0u, 0u), a), e, 1u); }
  return normal(a, e, 0u);
}

fn wide32(a: u32, b: u32) -> vec2<u32> {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let ll = al * bl;
  let lh = al * bh;
  let hl = ah * bl;
  let middle = (ll >> 16u) + (lh & 0xffffu) + (hl & 0xffffu);
  return vec2((ll & 0xffffu) | (middle << 16u), ah * bh + (lh >> 16u) + (hl >> 16u) + (middle >> 16u));
}

fn mul(a: Num, b: Num) -> Num {
  if (isZero(a) || isZero(b)) { return noNum(); }
  let ll = wide32(a.m.x, b.m.x);
  let lh = wide32(a.m.x, b.m.y);
  let hl = wide32(a.m.y, b.m.x);
  let hh = wide32(a.m.y, b.m.y);
  let some = ll.y + lh.x;
  let middle = some + hl.x;
  let carry = select(0u, 1u, some < ll.y) + select(0u, 1u, middle < some);
  let high = add64(add64(hh, vec2(lh.y, 0u)), add64(vec2(hl.y, 0u), vec2(carry, 0u)));
  let e = a.e + b.e + 64;
  let s = a.s ^ b.s;
  if ((high.y >> 31u) == 1u) { return Num(high, e, s); }
  return Num(vec2((high.x << 1u) | (middle >> 31u), (high.y << 1u) | (high.x >> 31u)), e - 1, s);
}

fn plus(a: Num, b: Num) -> Num {
  if (isZero(a)) { return b; }
  if (isZero(b)) { return a; }
  var large = a;
  var small = b;
  if (b.e > a.e || (b.e == a.e && below64(a.m, b.m))) { large = b; small = a; }
  let apart = large.e - small.e;
  if (apart > 63) { return large; }
  let other = right64(small.m, u32(apart));
  if (large.s != small.s) { return normal(sub64(large.m, other), large.e, large.s); }
  let sum = add64(large.m, other);
  if (!below64(sum, large.m)) { return Num(sum, large.e, large.s); }
  return Num(vec2((sum.x >> 1u) | (sum.y << 31u), (sum.y >> 1u) | 0x80000000u), large.e + 1, large.s);
}

// b is not zero; 48 bits of the quotient
fn over(a: Num, b: Num) -> Num {
  if (isZero(a)) { return noNum(); }
  var rest = a.m;
  var carry = 0u;
  var q = vec2(0u, 0u);
  for (var i = 0u; i < 48u; i++) {
    q = vec2(q.x << 1u, (q.y << 1u) | (q.x >> 31u));
    if (carry == 1u || !below64(rest, b.m)) {
      rest = sub64(rest, b.m);
      q.x |= 1u;
    }
    carry = rest.y >> 31u;
    rest = vec2(rest.x << 1u, (rest.y << 1u) | (rest.x >> 31u));
  }
  return normal(q, a.e - b.e - 47, a.s ^ b.s);
}

fn above(a: Num, b: Num) -> bool {
  if (isZero(a)) { return !isZero(b) && b.s == 1u; }
  if (isZero(b)) { return a.s == 0u; }
  if (a.s != b.s) { return a.s == 0u; }
  if (a.s == 1u) { return b.e > a.e || (b.e == a.e && below64(a.m, b.m)); }
  return a.e > b.e || (a.e == b.e && below64(b.m, a.m));
}
fn least(a: Num, b: Num) -> Num {
  if (above(a, b)) { return b; }
  return a;
}
fn most(a: Num, b: Num) -> Num {
  if (above(b, a)) { return b; }
  return a;
}

fn signedRight(a: vec2<u32>, by: u32) -> vec2<u32> {
  if (by >= 32u) { return vec2(bitcast<u32>(bitcast<i32>(a.y) >> (by - 32u)), bitcast<u32>(bitcast<i32>(a.y) >> 31u)); }
  if (by == 0u) { return a; }
  return vec2((a.x >> by) | (a.y << (32u - by)), bitcast<u32>(bitcast<i32>(a.y) >> by));
}
`;
