/**
 * @file UBJSON (draft 12, https://ubjson.org) as XGBoost writes and reads it: numbers in big-endian order, typed lists
 * (`[$d#…`) for the arrays of trees.
 */
import { badModelFile, maxBytes, maxContainers, maxKeys, maxNesting } from './model-file.ts';
import type { ModelFileInput } from './model-file.ts';

const letter = (text: string): number => text.charCodeAt(0);
const mark = {
  null: letter('Z'),
  noop: letter('N'),
  true: letter('T'),
  false: letter('F'),
  int8: letter('i'),
  uint8: letter('U'),
  int16: letter('I'),
  int32: letter('l'),
  int64: letter('L'),
  float32: letter('d'),
  float64: letter('D'),
  char: letter('C'),
  text: letter('S'),
  list: letter('['),
  listEnd: letter(']'),
  object: letter('{'),
  objectEnd: letter('}'),
  type: letter('$'),
  count: letter('#'),
} as const;

/** Bytes of one number, by its mark. */
const sizes = new Map<number, number>([
  [mark.int8, 1],
  [mark.uint8, 1],
  [mark.int16, 2],
  [mark.int32, 4],
  [mark.int64, 8],
  [mark.float32, 4],
  [mark.float64, 8],
]);

/**
 * Typed lists come back as `Float64Array`, whole numbers of 64 bits as the nearest number.
 * @throws AppError `model-file` with the byte of the first mistake
 */
export function parseUbjson({ bytes, file }: ModelFileInput): unknown {
  if (bytes.length > maxBytes)
    throw badModelFile(
      file,
      `it has ${bytes.length} bytes, at most ${maxBytes} are read`,
      {},
      'Train a smaller model.',
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let at = 0;
  let containers = 0;
  let keys = 0;

  const fail = (what: string): never => {
    throw badModelFile(file, `${what} at byte ${at}`);
  };
  const need = (count: number): void => {
    if (count > bytes.length - at) fail(`${count} more bytes are announced, ${bytes.length - at} are left`);
  };
  const take = (): number => {
    if (at >= bytes.length) fail('the file ends too early');
    return bytes[at++];
  };
  const next = (): number => {
    let found = take();
    while (found === mark.noop) found = take();
    return found;
  };
  const peek = (): number => (at < bytes.length ? bytes[at] : fail('the file ends too early'));

  const number = (type: number): number => {
    const size = sizes.get(type);
    if (size === undefined) return fail(`a number was expected, found mark ${shown(type)}`);
    need(size);
    const from = at;
    at += size;
    return read(view, type, from);
  };
  const count = (): number => {
    const value = number(take());
    return Number.isInteger(value) && value >= 0 ? value : fail(`a count of ${value}`);
  };
  const text = (): string => {
    const length = count();
    need(length);
    try {
      const value = decoder.decode(bytes.subarray(at, at + length));
      at += length;
      return value;
    } catch {
      return fail('a text that is not UTF-8');
    }
  };
  const enter = (depth: number): void => {
    if (depth > maxNesting) fail(`lists and objects are nested deeper than ${maxNesting}`);
    if (++containers > maxContainers) fail(`more than ${maxContainers} lists and objects`);
  };

  const list = (depth: number): unknown => {
    enter(depth);
    if (peek() === mark.type) {
      at++;
      const type = take();
      if (take() !== mark.count) fail('a typed list without a count');
      const length = count();
      const size = sizes.get(type);
      if (size === undefined) return fail(`a list of type ${shown(type)}`);
      need(length * size);
      const out = new Float64Array(length);
      for (let i = 0; i < length; i++, at += size) out[i] = read(view, type, at);
      return out;
    }
    const out: unknown[] = [];
    if (peek() === mark.count) {
      at++;
      const length = count();
      need(length); // every item takes a byte at least
      for (let i = 0; i < length; i++) out.push(value(next(), depth));
      return out;
    }
    for (let type = next(); type !== mark.listEnd; type = next()) out.push(value(type, depth));
    return out;
  };
  const object = (depth: number): unknown => {
    enter(depth);
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const member = (): void => {
      if (++keys > maxKeys) fail(`more than ${maxKeys} keys`);
      const key = text();
      out[key] = value(next(), depth);
    };
    if (peek() === mark.type) fail('an object of one type');
    if (peek() === mark.count) {
      at++;
      const length = count();
      need(length);
      for (let i = 0; i < length; i++) member();
      return out;
    }
    while (peek() !== mark.objectEnd) member();
    at++;
    return out;
  };
  const value = (type: number, depth: number): unknown => {
    switch (type) {
      case mark.null:
        return null;
      case mark.true:
        return true;
      case mark.false:
        return false;
      case mark.text:
        return text();
      case mark.char:
        return String.fromCharCode(take());
      case mark.list:
        return list(depth + 1);
      case mark.object:
        return object(depth + 1);
      default:
        return number(type);
    }
  };
  const whole = value(next(), 0);
  if (at < bytes.length) fail('the document has ended, but the file goes on');
  return whole;
}

const shown = (type: number): string =>
  type > 32 && type < 127 ? `"${String.fromCharCode(type)}"` : `0x${type.toString(16)}`;

function read(view: DataView, type: number, at: number): number {
  switch (type) {
    case mark.int8:
      return view.getInt8(at);
    case mark.uint8:
      return view.getUint8(at);
    case mark.int16:
      return view.getInt16(at);
    case mark.int32:
      return view.getInt32(at);
    case mark.int64:
      return Number(view.getBigInt64(at));
    case mark.float32:
      return view.getFloat32(at);
    default:
      return view.getFloat64(at);
  }
}

/** Lists that are written with their type, as XGBoost insists on when it reads. */
export type TypedList = Float32Array | Int32Array | Int8Array | Uint8Array | BigInt64Array;

function markOf(values: TypedList): number {
  if (values instanceof Float32Array) return mark.float32;
  if (values instanceof Int32Array) return mark.int32;
  if (values instanceof Int8Array) return mark.int8;
  return values instanceof Uint8Array ? mark.uint8 : mark.int64;
}

/** Values are texts, numbers, booleans, lists, objects and typed arrays; numbers are written as 32-bit floats or integers. */
export function writeUbjson(document: unknown): Uint8Array {
  let buffer = new Uint8Array(1 << 16);
  let view = new DataView(buffer.buffer);
  let at = 0;
  const room = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, at + bytes));
    larger.set(buffer);
    buffer = larger;
    view = new DataView(buffer.buffer);
  };
  const byte = (value: number): void => {
    room(1);
    buffer[at++] = value;
  };
  const count = (value: number): void => {
    byte(mark.int64);
    room(8);
    view.setBigInt64(at, BigInt(value));
    at += 8;
  };
  const text = (value: string): void => {
    const encoded = new TextEncoder().encode(value);
    count(encoded.length);
    room(encoded.length);
    buffer.set(encoded, at);
    at += encoded.length;
  };
  const typed = (values: TypedList): void => {
    byte(mark.type);
    byte(markOf(values));
    byte(mark.count);
    count(values.length);
    room(values.byteLength);
    for (const value of values) {
      if (typeof value === 'bigint') view.setBigInt64(at, value);
      else if (values instanceof Float32Array) view.setFloat32(at, value);
      else if (values instanceof Int32Array) view.setInt32(at, value);
      else view.setInt8(at, value);
      at += values.BYTES_PER_ELEMENT;
    }
  };
  const number = (value: number): void => {
    if (Number.isInteger(value) && value >= -128 && value < 128) {
      byte(mark.int8);
      byte(value & 255);
    } else if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
      byte(mark.int32);
      room(4);
      view.setInt32(at, value);
      at += 4;
    } else {
      byte(mark.float32);
      room(4);
      view.setFloat32(at, value);
      at += 4;
    }
  };
  const write = (value: unknown): void => {
    if (typeof value === 'string') {
      byte(mark.text);
      text(value);
    } else if (typeof value === 'number') number(value);
    else if (typeof value === 'boolean') byte(value ? mark.true : mark.false);
    else if (ArrayBuffer.isView(value)) {
      byte(mark.list);
      typed(value as TypedList);
    } else if (Array.isArray(value)) {
      byte(mark.list);
      byte(mark.count);
      count(value.length);
      value.forEach(write);
    } else {
      byte(mark.object);
      for (const [key, member] of Object.entries(value as Record<string, unknown>)) {
        text(key);
        write(member);
      }
      byte(mark.objectEnd);
    }
  };
  write(document);
  return buffer.slice(0, at);
}
