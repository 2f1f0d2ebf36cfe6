/** @file Bytes that a kernel reads, put together part by part. */

export type Image = ReturnType<typeof createImage>;

/** Grows as parts are added; every part begins at a multiple of 16. @param at address of its first byte */
export function createImage(at: number) {
  let buffer = new Uint8Array(1 << 16);
  let end = 0;
  const add = (part: Uint8Array): number => {
    if (end + part.length + 16 > buffer.length) {
      const larger = new Uint8Array(2 * (buffer.length + part.length));
      larger.set(buffer.subarray(0, end));
      buffer = larger;
    }
    buffer.set(part, end);
    const address = at + end;
    end = (end + part.length + 15) & ~15;
    return address;
  };
  const view = (values: Float64Array | Uint32Array) =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    words: (values: ArrayLike<number>) =>
      add(view(values instanceof Uint32Array ? values : new Uint32Array(values))),
    numbers: (values: Float64Array | Uint32Array) => add(view(values)),
    floats: (values: Float64Array) => add(view(values)),
    raw: add,
    bytes: () => buffer.slice(0, end),
  };
}
