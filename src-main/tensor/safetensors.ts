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

/**
 * Reads a file. Tensors are views into `bytes`, not copies.
 * @param name for messages
 * @throws AppError `tensor-file`
 */
export function readSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw broken(name, `it has ${bytes.length} bytes, fewer than the 8 of its beginning`);
  const length = Number(view.getBigUint64(0, true));
  if (length > maxHeader || length > bytes.length - 8)
    throw broken(name, `its header should have ${length} bytes, the file has ${bytes.length - 8} more`);
  const header = headerSchema.safeParse(parsed(bytes.subarray(8, 8 + length), name));
  if (!header.success) throw broken(name, 'its header is not an object');
  const body = bytes.subarray(8 + length);
  const tensors = new Map<string, OnnxTensor & { readonly data: Uint8Array }>();
  const spans: { readonly key: string; readonly from: number; readonly to: number }[] = [];
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
    const size = shape.reduce((product, dim) => product * dim, known.bytes);
    if (to < from || to > body.length || to - from !== size)
      throw broken(name, `tensor "${key}" should lie at bytes ${from} to ${to} and have ${size} bytes`);
    spans.push({ key, from, to });
    tensors.set(key, { type: known.type, dims: shape, data: body.subarray(from, to) });
  }
  spans.sort((a, b) => a.from - b.from);
  spans.forEach((span, i) => {
    if (i > 0 && span.from < spans[i - 1].to)
      throw broken(name, `tensors "${spans[i - 1].key}" and "${span.key}" overlap`);
  });
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

/** Writes tensors in the order they come, each aligned to 8 bytes by the header's padding, as the reference does. */
export function writeSafetensors(
  tensors: ReadonlyMap<
    string,
    { readonly type: ElementType; readonly dims: readonly number[]; readonly data: Uint8Array }
  >,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array {
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
  const padded = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + padded + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8, 8 + padded);
  out.set(json, 8);
  let at = 8 + padded;
  for (const [, { data }] of sorted) {
    out.set(data, at);
    at += data.length;
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
  // a copy: views into a file may lie at odd addresses
  const bytes = data.slice();
  if (type === 'float32') return new Float32Array(bytes.buffer);
  if (type === 'float16') return Float32Array.from(new Float16Array(bytes.buffer));
  throw broken(name, `floating-point numbers were expected, found ${type}`);
}
