/**
 * @file Typed arrays inside model JSON: little-endian bytes as base64, so every number comes back bit for bit
 * and a forest of a million nodes stays one short string per field. What is read back is checked, because a
 * model file may have been cut off or written by somebody else.
 */
import { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';

const kinds = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  u64: BigUint64Array,
  u8: Uint8Array,
} as const;
type Kinds = typeof kinds;
export type ArrayKind = keyof Kinds;
type ArrayOf<K extends ArrayKind> = InstanceType<Kinds[K]>;

/** 512 MiB of base64: far above any model we write, far below what would exhaust memory. */
const maxText = 512 * 1024 * 1024;

export const packedSchema = z.strictObject({
  kind: z.enum(['f64', 'f32', 'i32', 'u32', 'u64', 'u8']),
  length: z.number().int().nonnegative(),
  data: z.string().max(maxText),
});
export type Packed = z.infer<typeof packedSchema>;

export function pack(
  values: Float64Array | Float32Array | Int32Array | Uint32Array | BigUint64Array | Uint8Array,
): Packed {
  const kind = (Object.keys(kinds) as ArrayKind[]).find((name) => values instanceof kinds[name])!;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return { kind, length: values.length, data: bytes.toString('base64') };
}

/** @throws AppError `model-invalid` when the kind differs or the bytes do not make up `length` numbers */
export function unpack<K extends ArrayKind>(packed: Packed, kind: K, name: string): ArrayOf<K> {
  const type = kinds[kind];
  const bytes = Buffer.from(packed.data, 'base64');
  if (packed.kind !== kind || bytes.byteLength !== packed.length * type.BYTES_PER_ELEMENT)
    throw invalidModel(
      `${name}: expected ${packed.length} numbers of kind ${kind}, found ${bytes.byteLength} bytes of kind ${packed.kind}`,
    );
  // a fresh buffer: base64 decoding may hand out a slice that is not aligned
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return new type(copy) as ArrayOf<K>;
}

export function invalidModel(what: string): AppError {
  return new AppError({
    code: 'model-invalid',
    message: `This is not a usable Voltcast model: ${what}.`,
    hint: 'The file may be cut off or come from another program; train the model again.',
  });
}

/** Parses `json` by `schema`; the first problem becomes a `model-invalid` error that names its key. */
export function parseModel<T>(schema: z.ZodType<T>, json: unknown, name: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalidModel(`${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'wrong shape'}`);
}
