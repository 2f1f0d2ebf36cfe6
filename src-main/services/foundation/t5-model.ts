/**
 * @file A Chronos-T5 model in @huggingface/transformers, on ONNX Runtime. It runs ONNX files, which the official models do not come
 * with: they are made from the checkpoint each time it is opened. That takes milliseconds, since the weights stay where they are.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Transformers from '@huggingface/transformers';
import { AppError } from '../../../src-preload/contract/index.ts';
import { decoderGraph, encoderGraph, sharedRows } from '../../models/chronos-t5/graphs.ts';
import { parseChronosT5Config } from '../../models/chronos-t5/config.ts';
import type { ChronosT5Config } from '../../models/chronos-t5/config.ts';
import type { TokenModel } from '../../models/chronos-t5/predict.ts';
import { encodeOnnx } from '../../tensor/onnx/encode.ts';
import { Tensor as OnnxTensor } from '../../tensor/session.ts';
import type { InferenceSession, SessionOptions } from '../../tensor/session.ts';
import { atPlace, weightsOf } from '../../tensor/stored.ts';
import { readConfig, readT5Checkpoint } from '../chronos-checkpoint.ts';
import type { T5Checkpoint } from '../chronos-checkpoint.ts';
import { onnxNames, weightsName } from './kind.ts';

type Library = typeof Transformers;
type TransformersTensor = Transformers.Tensor;

export interface OpenT5 extends TokenModel {
  close(): Promise<void>;
}

const [encoderName, decoderName] = onnxNames;

/**
 * The model of a folder: its safetensors, or its ONNX files where it has no others.
 * @throws AppError `chronos-config`, `tensor-file`, `checkpoint-incomplete`, `model-damaged`
 */
export async function openT5(folder: string, session: SessionOptions): Promise<OpenT5> {
  if (existsSync(path.join(folder, weightsName))) {
    const checkpoint = readT5Checkpoint(folder);
    const made = writeGraphs(checkpoint);
    try {
      return await opened(made, checkpoint.config, atPlace(session, folder));
    } finally {
      // what ONNX Runtime has read it keeps
      rmSync(made, { recursive: true, force: true });
    }
  }
  return await opened(folder, parseChronosT5Config(readConfig(folder)), session);
}

/** The form of folder that the library opens, made for this checkpoint in a folder of its own. */
function writeGraphs(checkpoint: T5Checkpoint): string {
  const { config, head } = checkpoint;
  const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-t5-'));
  mkdirSync(path.join(folder, 'onnx'));
  const weights = weightsOf(checkpoint);
  writeFileSync(path.join(folder, encoderName), encodeOnnx(encoderGraph(config, weights).toOnnx()));
  writeFileSync(path.join(folder, decoderName), encodeOnnx(decoderGraph(config, head, weights).toOnnx()));
  const { t5, bins, vocabulary } = config;
  const keys = {
    model_type: 't5',
    architectures: ['T5ForConditionalGeneration'],
    is_encoder_decoder: true,
    d_model: t5.dModel,
    d_kv: t5.headSize,
    num_heads: t5.heads,
    num_layers: t5.layers,
    num_decoder_layers: t5.decoderLayers,
    vocab_size: vocabulary,
    decoder_start_token_id: t5.start,
    pad_token_id: bins.pad,
    eos_token_id: bins.eos,
  };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(keys));
  return folder;
}

async function opened(
  folder: string,
  config: ChronosT5Config,
  { device, freeMemory: _, ...session }: SessionOptions,
): Promise<OpenT5> {
  // hundreds of milliseconds to load: only who needs it waits for it
  const library = await import('@huggingface/transformers');
  library.env.allowRemoteModels = false;
  library.env.useFSCache = false;
  let model: Transformers.PreTrainedModel;
  try {
    model = await library.AutoModelForSeq2SeqLM.from_pretrained(folder, {
      local_files_only: true,
      device: 'cpu',
      dtype: 'fp32',
      session_options: { logSeverityLevel: 3, ...session },
    });
  } catch (cause) {
    throw new AppError(
      {
        code: 'model-damaged',
        message: `The Chronos-T5 model cannot be opened: ${(cause as Error).message}`,
        hint: 'Remove it and add it again: voltcast models remove NAME',
        place: { file: folder },
      },
      { cause },
    );
  }
  return {
    config,
    async generate(...order) {
      const made = await generate(library, model, config, ...order);
      device?.done();
      return made;
    },
    async close() {
      await model.dispose();
    },
  };
}

async function generate(
  library: Library,
  model: Transformers.PreTrainedModel,
  { vocabulary, t5 }: ChronosT5Config,
  ...[contexts, paths, steps, draw]: Parameters<TokenModel['generate']>
): Promise<Int32Array[]> {
  const { Tensor, LogitsProcessor, LogitsProcessorList } = library;
  const series = contexts.length;
  const rows = series * paths;
  const whole = (lists: readonly Int32Array[]): TransformersTensor =>
    new Tensor(
      'int64',
      lists.flatMap((list) => Array.from(list, BigInt)),
      [lists.length, lists[0]!.length],
    );
  const sessions = model.sessions as Record<string, InferenceSession>;
  const ids = whole(contexts.map((one) => one.ids));
  // other exports want a row for each path, ours one for each series
  const times = looksAtSeries(sessions['decoder_model_merged']!) ? 1 : paths;
  const mask = whole(contexts.flatMap((one) => Array.from({ length: times }, () => one.visible)));
  const alone = whole(contexts.map((one) => one.visible));
  const { last_hidden_state: encoded } = await sessions['model']!.run({
    input_ids: new OnnxTensor('int64', ids.data as BigInt64Array, ids.dims),
    attention_mask: new OnnxTensor('int64', alone.data as BigInt64Array, alone.dims),
  });
  const [, n = 0, width = 0] = encoded!.dims;
  const hidden = encoded!.data as Float32Array;
  const repeated = times === 1 ? hidden : new Float32Array(rows * n * width);
  if (times > 1)
    for (let row = 0; row < rows; row++) {
      const from = Math.floor(row / paths) * n * width;
      repeated.set(hidden.subarray(from, from + n * width), row * n * width);
    }
  /** The drawn token is made the one that the search for the likeliest finds: the library draws without a seed. */
  class Drawn extends LogitsProcessor {
    override _call(_ids: bigint[][], logits: TransformersTensor): TransformersTensor {
      const data = logits.data as Float32Array;
      for (let row = 0; row < rows; row++) {
        const own = data.subarray(row * vocabulary, (row + 1) * vocabulary);
        own[draw(row, own)] = Infinity;
      }
      return logits;
    }
  }
  const processors = new LogitsProcessorList();
  processors.push(new Drawn());
  const made = (await model.generate({
    inputs: ids,
    attention_mask: mask,
    encoder_outputs: new Tensor('float32', repeated, [series * times, n, width]),
    decoder_input_ids: whole(Array.from({ length: rows }, () => Int32Array.of(t5.start))),
    logits_processor: processors,
    max_new_tokens: steps,
    do_sample: false,
  })) as TransformersTensor;
  const tokens = made.data as BigInt64Array;
  return Array.from({ length: rows }, (_, row) =>
    Int32Array.from({ length: steps }, (__, t) => Number(tokens[row * (steps + 1) + 1 + t])),
  );
}

const looksAtSeries = ({ inputMetadata }: InferenceSession): boolean =>
  inputMetadata.some((input) => input.isTensor && input.shape[0] === sharedRows);
