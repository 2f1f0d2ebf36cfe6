/**
 * @file As much of Thrift's compact protocol as the headers and the footer of a Parquet file need.
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md)
 */

/** A field's value; structs are lists of `[field id, value]` with ascending ids. */
export type Thrift =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly list: readonly Thrift[] }
  | { readonly struct: readonly (readonly [number, Thrift])[] };

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

export class Bytes {
  #bytes = new Uint8Array(1024);
  length = 0;

  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  /** Room for `count` more bytes, which count as written. @returns where they begin */
  #room(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  put(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** @param value whole, 0 to 2^53 */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** @param value whole, up to 2^52 in size */
  zigzag(value: number): void {
    this.varint(value >= 0 ? 2 * value : -2 * value - 1);
  }

  /** 32 bits, lowest byte first. */
  word(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 255);
  }
}

const typeOf = (value: Thrift): number =>
  'i32' in value ? I32 : 'i64' in value ? I64 : 'text' in value ? BINARY : 'list' in value ? LIST : STRUCT;

export function writeThrift(value: Thrift, out: Bytes): void {
  if ('i32' in value) out.zigzag(value.i32);
  else if ('i64' in value) out.zigzag(value.i64);
  else if ('text' in value) {
    const bytes = new TextEncoder().encode(value.text);
    out.varint(bytes.length);
    out.put(bytes);
  } else if ('list' in value) {
    const { list } = value;
    const type = list.length === 0 ? I32 : typeOf(list[0]);
    if (list.length < 15) out.byte((list.length << 4) | type);
    else {
      out.byte(0xf0 | type);
      out.varint(list.length);
    }
    for (const item of list) writeThrift(item, out);
  } else {
    let before = 0;
    for (const [id, field] of value.struct) {
      const type = typeOf(field);
      if (id - before <= 15) out.byte(((id - before) << 4) | type);
      else {
        out.byte(type);
        out.zigzag(id);
      }
      writeThrift(field, out);
      before = id;
    }
    out.byte(0);
  }
}
