/**
 * @file The safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header,
 * then the tensors' bytes. What is read is taken for hostile: nothing is allocated by a declared length, and every tensor
 * must lie inside of the file, fit its shape and overlap no other.
 */
import { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ElementType, OnnxTensor } from './onnx/model.ts';

const types: Readonly<Record<string, { readonly type: ElementType; readonly bytes: number }>> = {
  F64: { type: 'float64', bytes: 8 },
  F32: { type: 'float32', bytes: 4 },
  F16: { type: 'float16', bytes: 2 },
  BF16: { type: 'bfloat16', bytes: 2 },
  I64: { type: 'int64', bytes: 8 },
  I32: { type: 'int32', bytes: 4 },
  I8: { type: 'int8', bytes: 1 },
  U8: { type: 'uint8', bytes: 1 },
  BOOL: { type: 'bool', bytes: 1 },
};
const nameOf = new Map(Object.entries(types).map(([name, { type }]) => [type, name]));

/** The reference implementation's own limit. */
const maxHeader = 100_000_000;

const whole = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(whole).max(16),
  data_offsets: z.tuple([whole, whole]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, OnnxTensor & { readonly data: Uint8Array }>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface TensorPlace {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** bytes from the beginning of the file */
  readonly offset: number;
  readonly length: number;
}

export interface TensorIndex {
  readonly places: ReadonlyMap<string, TensorPlace>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Bytes that must be read for {@link readSafetensorsIndex}: the first eight and the header.
 * @param start the first eight bytes of the file
 * @param size bytes of the whole file
 * @throws AppError `tensor-file`
 */
export function safetensorsHead(start: Uint8Array, size: number, name: string): number {
  if (start.length < 8) throw broken(name, `it has ${size} bytes, fewer than the 8 of its beginning`);
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (length > maxHeader || length > size - 8)
    throw broken(name, `its header should have ${length} bytes, the file has ${size - 8} more`);
  return 8 + length;
}

/**
 * Where the tensors of a file lie.
 * @param head the beginning of the file, as long as {@link safetensorsHead} says
 * @param size bytes of the whole file
 * @param name for messages
 * @throws AppError `tensor-file`
 */
export function readSafetensorsIndex(head: Uint8Array, size: number, name: string): TensorIndex {
  const body = safetensorsHead(head, size, name);
  const header = headerSchema.safeParse(parsed(head.subarray(8, body), name));
  if (!header.success) throw broken(name, 'its header is not an object');
  const places = new Map<string, TensorPlace>();
  let metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(header.data)) {
    if (key === '__metadata__') {
      metadata = metadataSchema.safeParse(value).data ?? {};
      continue;
    }
    const entry = entrySchema.safeParse(value);
    if (!entry.success) throw broken(name, `tensor "${key}": ${entry.error.issues[0].message}`);
    const { dtype, shape, data_offsets: offsets } = entry.data;
    const known = Object.hasOwn(types, dtype) ? types[dtype] : undefined;
    if (known === undefined) throw broken(name, `tensor "${key}" has the unknown type "${dtype}"`);
    const [from, to] = offsets;
    const length = shape.reduce((product, dim) => product * dim, known.bytes);
    if (to < from || to > size - body || to - from !== length)
      throw broken(name, `tensor "${key}" should lie at bytes ${from} to ${to} and have ${length} bytes`);
    places.set(key, { type: known.type, dims: shape, offset: body + from, length });
  }
  const sorted = [...places].sort(([, one], [, other]) => one.offset - other.offset);
  sorted.forEach(([key, { offset }], i) => {
    if (i === 0) return;
    const [before, place] = sorted[i - 1];
    if (offset < place.offset + place.length) throw broken(name, `tensors "${before}" and "${key}" overlap`);
  });
  return { places, metadata };
}

/**
 * Reads a file that is in memory. Tensors are views into `bytes`, not copies.
 * @param name for messages
 * @throws AppError `tensor-file`
 */
export function readSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const { places, metadata } = readSafetensorsIndex(bytes, bytes.length, name);
  const tensors = new Map(
    [...places].map(([key, { type, dims, offset, length }]) => [
      key,
      { type, dims, data: bytes.subarray(offset, offset + length) },
    ]),
  );
  return { tensors, metadata };
}

function parsed(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw broken(name, 'its header is not JSON');
  }
}

const broken = (name: string, what: string): AppError =>
  new AppError({
    code: 'tensor-file',
    message: `"${name}" is not a whole safetensors file: ${what}.`,
    hint: 'Get the file again; it may have been cut off on its way.',
    place: { file: name },
  });

type Tensors = ReadonlyMap<
  string,
  { readonly type: ElementType; readonly dims: readonly number[]; readonly data: Uint8Array }
>;

/**
 * A file as the pieces it is made of, one after the other; nothing is copied. Each tensor is aligned to 8 bytes by the
 * header's padding, as the reference does.
 */
export function safetensorsParts(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array[] {
  // wide types first keeps every tensor aligned
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) => width(b.type) - width(a.type) || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [key, { type, dims, data }] of sorted) {
    header[key] = { dtype: nameOf.get(type), shape: dims, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  return [head, ...sorted.map(([, { data }]) => data)];
}

/** {@link safetensorsParts} in one piece. */
export function writeSafetensors(tensors: Tensors, metadata?: Readonly<Record<string, string>>): Uint8Array {
  const parts = safetensorsParts(tensors, metadata);
  const out = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const width = (type: ElementType): number => types[nameOf.get(type) ?? 'U8'].bytes;

/** float32 values of a tensor of 32 or 16 bits. @throws AppError `tensor-file` for other types */
export function toFloats(
  tensor: { readonly type: ElementType; readonly data: Uint8Array },
  name: string,
): Float32Array {
  const { type, data } = tensor;
  // a copy: views into a file may lie at odd addresses (and `slice` of a Node buffer is no copy)
  const bytes = new Uint8Array(data);
  if (type === 'float32') return new Float32Array(bytes.buffer);
  if (type === 'float16') return Float32Array.from(new Float16Array(bytes.buffer));
  // the upper half of 32 bits
  if (type === 'bfloat16')
    return new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (bits) => bits << 16).buffer);
  throw broken(name, `floating-point numbers were expected, found ${type}`);
}
