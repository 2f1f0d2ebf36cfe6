/**
 * @file CityHash64, version 1.0 (G. Pike and J. Alakuijala, Google 2011), the hash by which CatBoost knows the text of a
 * category. Runs once per category, so plain 64-bit integers do.
 */

const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;
const k3 = 0xc949d7c7509e6557n;
const kMul = 0x9ddfea08eb382d69n;

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotate = (x: bigint, by: number): bigint =>
  by === 0 ? x : u64((x >> BigInt(by)) | (x << BigInt(64 - by)));
const mix = (x: bigint): bigint => x ^ (x >> 47n);

function pair(u: bigint, v: bigint): bigint {
  const a = mix(u64((u ^ v) * kMul));
  const b = mix(u64((v ^ a) * kMul));
  return u64(b * kMul);
}

const encoder = new TextEncoder();

/** Hash of the UTF-8 bytes of `text`. */
export function cityHash64(text: string): bigint {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const n = bytes.length;
  const at = (i: number): bigint => view.getBigUint64(i, true);
  if (n <= 16) return upTo16(bytes, view);
  const length = BigInt(n);
  if (n <= 32) {
    const a = u64(at(0) * k1);
    const b = at(8);
    const c = u64(at(n - 8) * k2);
    const d = u64(at(n - 16) * k0);
    return pair(u64(rotate(u64(a - b), 43) + rotate(c, 30) + d), u64(a + rotate(b ^ k3, 20) - c + length));
  }
  if (n <= 64) return upTo64(at, n);
  return long(at, n);
}

function upTo16(bytes: Uint8Array, view: DataView): bigint {
  const n = bytes.length;
  const length = BigInt(n);
  if (n > 8) {
    const a = view.getBigUint64(0, true);
    const b = view.getBigUint64(n - 8, true);
    return pair(a, rotate(u64(b + length), n)) ^ b;
  }
  if (n >= 4)
    return pair(length + (BigInt(view.getUint32(0, true)) << 3n), BigInt(view.getUint32(n - 4, true)));
  if (n === 0) return k2;
  const y = BigInt(bytes[0]) + (BigInt(bytes[n >> 1]) << 8n);
  const z = length + (BigInt(bytes[n - 1]) << 2n);
  return u64(mix(u64(y * k2) ^ u64(z * k3)) * k2);
}

function upTo64(at: (i: number) => bigint, n: number): bigint {
  const half = (a: bigint, z: bigint, second: bigint, third: bigint): [bigint, bigint] => {
    const b = rotate(u64(a + z), 52);
    const c = rotate(a, 37);
    const a2 = u64(a + second);
    const a3 = u64(a2 + third);
    return [u64(a3 + z), u64(b + rotate(a3, 31) + c + rotate(a2, 7))];
  };
  const [vf, vs] = half(u64(at(0) + (BigInt(n) + at(n - 16)) * k0), at(24), at(8), at(16));
  const [wf, ws] = half(u64(at(16) + at(n - 32)), at(n - 8), at(n - 24), at(n - 16));
  const r = mix(u64((vf + ws) * k2 + (wf + vs) * k0));
  return u64(mix(u64(r * k0 + vs)) * k2);
}

function long(at: (i: number) => bigint, n: number): bigint {
  const weak = (i: number, a: bigint, b: bigint): [bigint, bigint] => {
    const z = at(i + 24);
    const first = u64(a + at(i));
    const second = rotate(u64(b + first + z), 21);
    const sum = u64(first + at(i + 8) + at(i + 16));
    return [u64(sum + z), u64(second + rotate(sum, 44) + first)];
  };
  const length = BigInt(n);
  let y = at(n - 16) ^ k1;
  let z = at(n - 56) ^ k0;
  let v = weak(n - 64, length, y);
  let w = weak(n - 32, u64(length * k1), k0);
  z = u64(z + mix(v[1]) * k1);
  let x = u64(rotate(u64(z + at(0)), 39) * k1);
  y = u64(rotate(y, 33) * k1);
  for (let i = 0, left = (n - 1) & ~63; left > 0; i += 64, left -= 64) {
    x = u64(rotate(u64(x + y + v[0] + at(i + 16)), 37) * k1) ^ w[1];
    y = u64(rotate(u64(y + v[1] + at(i + 48)), 42) * k1) ^ v[0];
    z = rotate(z ^ w[0], 33);
    v = weak(i, u64(v[1] * k1), u64(x + w[0]));
    w = weak(i + 32, u64(z + w[1]), y);
    [z, x] = [x, z];
  }
  return pair(u64(pair(v[0], w[0]) + mix(y) * k1 + z), u64(pair(v[1], w[1]) + x));
}
