/** @file Whether a folder holds a checkpoint that can be run, before it becomes a model of the library. */
import {
  closeSync,
  createWriteStream,
  createReadStream,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationKind } from '../../../src-preload/contract/index.ts';
import { readSafetensorsIndex, safetensorsHead } from '../../tensor/safetensors.ts';
import type { TensorIndex } from '../../tensor/safetensors.ts';
import { parseChronosT5Config } from '../../models/chronos-t5/config.ts';
import { readBoltCheckpoint, readCheckpoint, readConfig, readT5Checkpoint } from '../chronos-checkpoint.ts';
import { indexName, isInside, weightsName } from './kind.ts';

/** @throws AppError `chronos-config`, `tensor-file`, `checkpoint-incomplete` */
export function checkCheckpoint(folder: string, kind: FoundationKind): void {
  if (kind === 'chronos-2') readCheckpoint(folder);
  else if (kind === 'chronos-bolt') readBoltCheckpoint(folder);
  else if (existsSync(path.join(folder, weightsName))) readT5Checkpoint(folder);
  // an export for ONNX Runtime alone: what is in its graphs is checked by ONNX Runtime
  else parseChronosT5Config(readConfig(folder));
}

function readIndex(file: string): TensorIndex {
  const handle = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    const start = new Uint8Array(Math.min(8, size));
    readSync(handle, start, 0, start.length, 0);
    const head = new Uint8Array(safetensorsHead(start, size, weightsName));
    readSync(handle, head, 0, head.length, 0);
    return readSafetensorsIndex(head, size, weightsName);
  } finally {
    closeSync(handle);
  }
}

const weightMapSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Weights that came in several files become one, so that whoever runs a model knows one form only.
 * @throws AppError `tensor-file`
 */
export async function joinShards(folder: string, signal?: AbortSignal): Promise<void> {
  const list = path.join(folder, indexName);
  if (statSync(list, { throwIfNoEntry: false }) === undefined) return;
  const parsed = weightMapSchema.safeParse(JSON.parse(readFileSync(list, 'utf8')));
  const shards = [...new Set(Object.values(parsed.data?.weight_map ?? {}))].sort();
  const broken = (what: string): AppError =>
    new AppError({
      code: 'tensor-file',
      message: `"${indexName}" does not fit the files beside it: ${what}.`,
      hint: 'Get the model again.',
      place: { file: list },
    });
  if (shards.length === 0) throw broken('it names none');
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  const parts: { readonly file: string; readonly start: number }[] = [];
  for (const shard of shards) {
    const file = path.join(folder, shard);
    if (!isInside(shard) || shard.includes('/') || statSync(file, { throwIfNoEntry: false }) === undefined)
      throw broken(`"${shard.slice(0, 80)}" is not there`);
    const { bodyStart, entries } = readHeader(file);
    for (const [
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ] of entries) {
      if (name in header) throw broken(`tensor "${name}" is in two files`);
      header[name] = { dtype, shape, data_offsets: [offset + from, offset + to] };
    }
    parts.push({ file, start: bodyStart });
    offset += statSync(file).size - bodyStart;
  }
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, 0x20);
  head.writeBigUInt64LE(BigInt(head.length - 8), 0);
  json.copy(head, 8);
  const whole = path.join(folder, `${weightsName}.joined`);
  await pipeline(
    async function* () {
      yield head;
      for (const { file, start } of parts) yield* createReadStream(file, { start });
    },
    createWriteStream(whole),
    { signal },
  );
  renameSync(whole, path.join(folder, weightsName));
  for (const { file } of parts) rmSync(file);
  rmSync(list);
}

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.number()),
    data_offsets: z.tuple([z.number(), z.number()]),
  }),
);

/** The tensors of a file as its header has them, after it was checked. */
function readHeader(file: string): {
  bodyStart: number;
  entries: [string, z.infer<typeof headerSchema>[string]][];
} {
  readIndex(file);
  const handle = openSync(file, 'r');
  try {
    const start = Buffer.alloc(8);
    readSync(handle, start, 0, 8, 0);
    const json = Buffer.alloc(Number(start.readBigUInt64LE()));
    readSync(handle, json, 0, json.length, 8);
    const { __metadata__: _, ...tensors } = JSON.parse(json.toString('utf8')) as Record<string, unknown>;
    return { bodyStart: 8 + json.length, entries: Object.entries(headerSchema.parse(tensors)) };
  } finally {
    closeSync(handle);
  }
}
