/** @file A checkpoint of a Chronos model from a folder: `config.json` and `model.safetensors`, as the hub has them and as the original writes them. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../src-preload/contract/index.ts';
import { parseChronos2Config } from '../models/chronos/config.ts';
import { isInt8, toInt8 } from '../models/chronos/int8.ts';
import type { Int8Weight } from '../models/chronos/int8.ts';
import { parametersOf } from '../models/chronos/parameters.ts';
import type { Checkpoint } from '../models/chronos/runner.ts';
import { chronosT5Tensors, parseChronosT5Config } from '../models/chronos-t5/config.ts';
import type { ChronosT5Config } from '../models/chronos-t5/config.ts';
import { boltTensors, parseBoltConfig } from '../models/chronos-bolt/config.ts';
import type { BoltCheckpoint } from '../models/chronos-bolt/runner.ts';
import type { OnnxTensor } from '../tensor/onnx/model.ts';
import { readSafetensorsIndex, safetensorsHead, toFloats } from '../tensor/safetensors.ts';
import type { TensorIndex, TensorPlace } from '../tensor/safetensors.ts';
import { floatTensor } from '../tensor/stored.ts';
import type { StoredTensors } from '../tensor/stored.ts';
import { configName, weightsName } from './foundation/kind.ts';

/** @throws AppError `chronos-config`, `tensor-file`, `checkpoint-incomplete` */
export function readCheckpoint(folder: string): Checkpoint {
  return checkpointOf(readConfig(folder), path.join(folder, weightsName));
}

/** Content of config.json. @throws AppError `checkpoint-incomplete` */
export const readConfig = (folder: string): unknown => readJson(path.join(folder, configName));

/**
 * @param json content of its config.json
 * @param file safetensors, of any name
 * @throws AppError as {@link readCheckpoint}
 */
export function checkpointOf(json: unknown, file: string): Checkpoint {
  const config = parseChronos2Config(json);
  return { config, tensors: readTensors(file, parametersOf(config)), folder: path.dirname(file) };
}

/** As {@link readCheckpoint}, of Chronos-Bolt. */
export function readBoltCheckpoint(folder: string): BoltCheckpoint {
  const config = parseBoltConfig(readConfig(folder));
  return { config, tensors: readTensors(path.join(folder, weightsName), boltTensors(config)), folder };
}

export interface T5Checkpoint extends StoredTensors {
  readonly config: ChronosT5Config;
  /** name of the tensor that the decoder's output is compared with */
  readonly head: string;
}

/** As {@link readCheckpoint}, of Chronos-T5. */
export function readT5Checkpoint(folder: string): T5Checkpoint {
  const config = parseChronosT5Config(readConfig(folder));
  const file = path.join(folder, weightsName);
  const wanted = chronosT5Tensors(config);
  // as a rule tokens are read and written with one table
  const head = 'lm_head.weight';
  const { places } = indexOf(file);
  const own = places.has(head);
  if (own) wanted.push({ name: head, shape: wanted[0]!.shape });
  const tensors = readTensors(file, wanted, places);
  return { config, head: own ? head : wanted[0]!.name, tensors, folder };
}

/** Names under which a T5 model keeps the one table of its tokens. */
const tokenTables = ['shared.weight', 'encoder.embed_tokens.weight', 'decoder.embed_tokens.weight'];

/** Weights stay in the file until ONNX Runtime reads them. @throws AppError `tensor-file` for others than 32 or 16 bits */
function readTensors(
  file: string,
  wanted: readonly { readonly name: string; readonly shape: readonly number[] }[],
  places = indexOf(file).places,
): Map<string, OnnxTensor> {
  const tensors = new Map<string, OnnxTensor>();
  for (const { name, shape } of wanted) {
    const names = name === tokenTables[0] ? tokenTables : [name];
    const place = names.map((one) => places.get(one)).find((one) => one !== undefined);
    if (place === undefined || place.dims.join() !== shape.join()) throw unlike(file, name, shape, place);
    tensors.set(name, tensorAt(file, place));
  }
  return tensors;
}

/** All weights, in memory, as 32 bits. */
export function loadWeights(checkpoint: Checkpoint): Map<string, Float32Array> {
  return new Map([...checkpoint.tensors.keys()].map((name) => [name, loadWeight(checkpoint, name)]));
}

function loadWeight({ tensors, folder }: Checkpoint, name: string): Float32Array {
  const { type, data } = tensors.get(name)!;
  if (data instanceof Uint8Array) return toFloats({ type, data }, name);
  const bytes = new Uint8Array(data.length);
  const file = path.join(folder ?? '.', data.location);
  readAt(file, bytes, data.offset);
  return type === 'float32' ? new Float32Array(bytes.buffer) : toFloats({ type, data: bytes }, file);
}

/** Its weights rounded to 16 bits; what is computed with them has 32. */
export function asFloat16(checkpoint: Checkpoint): Checkpoint {
  const tensors = new Map<string, OnnxTensor>();
  for (const [name, tensor] of checkpoint.tensors) {
    if (tensor.type !== 'float32') tensors.set(name, tensor);
    else {
      const halves = Float16Array.from(loadWeight(checkpoint, name));
      tensors.set(name, { type: 'float16', dims: tensor.dims, data: new Uint8Array(halves.buffer) });
    }
  }
  return { ...checkpoint, tensors };
}

/** The matrices of its layers rounded to 8 bits. */
export function asInt8(checkpoint: Checkpoint): Checkpoint {
  const int8 = new Map<string, Int8Weight>();
  for (const [name, { dims }] of checkpoint.tensors)
    if (isInt8(name)) int8.set(name, toInt8(loadWeight(checkpoint, name), dims[0]!, dims[1]!));
  return { ...checkpoint, int8 };
}

/** Fills `into` with bytes of the file from `offset` on. */
function readAt(file: string, into: Uint8Array, offset: number): void {
  const handle = opened(file);
  try {
    for (let at = 0; at < into.length;) {
      const read = readSync(handle, into, at, into.length - at, offset + at);
      if (read === 0) throw incomplete(file, 'read', new Error('it ends too early'));
      at += read;
    }
  } finally {
    closeSync(handle);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw incomplete(file, 'read', cause as Error);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw incomplete(file, 'opened', cause as Error);
  }
}

const incomplete = (file: string, what: string, cause: Error): AppError =>
  new AppError(
    {
      code: 'checkpoint-incomplete',
      message: `"${file}" cannot be ${what}: ${cause.message}.`,
      hint: `A model is a folder with ${configName} and ${weightsName}.`,
      place: { file },
    },
    { cause },
  );

function indexOf(file: string): TensorIndex {
  const handle = opened(file);
  try {
    const { size } = fstatSync(handle);
    const start = new Uint8Array(Math.min(8, size));
    readSync(handle, start, 0, start.length, 0);
    const head = new Uint8Array(safetensorsHead(start, size, file));
    readSync(handle, head, 0, head.length, 0);
    return readSafetensorsIndex(head, size, file);
  } finally {
    closeSync(handle);
  }
}

function tensorAt(file: string, { type, dims, offset, length }: TensorPlace): OnnxTensor {
  if (type === 'float32' || type === 'float16' || type === 'bfloat16')
    return { type, dims, data: { location: path.basename(file), offset, length } };
  const data = new Uint8Array(length);
  readAt(file, data, offset);
  return floatTensor(dims, toFloats({ type, data }, file));
}

function unlike(
  file: string,
  name: string,
  shape: readonly number[],
  place: TensorPlace | undefined,
): AppError {
  return new AppError({
    code: 'tensor-file',
    message:
      place === undefined
        ? `"${file}" has no tensor "${name}", which its ${configName} asks for.`
        : `Tensor "${name}" of "${file}" has the shape ${place.dims.join(' x ')}, and its ${configName} asks for ${shape.join(' x ')}.`,
    hint: 'Take both files from the same model.',
    place: { file },
  });
}
