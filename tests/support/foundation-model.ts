/** @file Checkpoints of a few kilobytes, as files and in memory. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { chronosT5Tensors, parseChronosT5Config } from '../../src-main/models/chronos-t5/config.ts';
import { boltTensors, parseBoltConfig } from '../../src-main/models/chronos-bolt/config.ts';
import { writeSafetensors } from '../../src-main/tensor/safetensors.ts';

/** The layers of all of them. */
const core = { model_type: 't5', d_model: 8, d_kv: 4, d_ff: 16, num_layers: 1, num_heads: 2 };

const chronos2Config = {
  ...core,
  architectures: ['Chronos2Model'],
  chronos_pipeline_class: 'Chronos2Pipeline',
  feed_forward_proj: 'relu',
  chronos_config: {
    context_length: 64,
    input_patch_size: 8,
    input_patch_stride: 8,
    output_patch_size: 8,
    max_output_patches: 2,
    quantiles: [0.1, 0.5, 0.9],
    use_arcsinh: true,
    use_reg_token: true,
    time_encoding_scale: 64,
  },
};

const boltConfig = {
  ...core,
  architectures: ['ChronosBoltModelForForecasting'],
  chronos_pipeline_class: 'ChronosBoltPipeline',
  chronos_config: {
    context_length: 64,
    prediction_length: 16,
    input_patch_size: 8,
    input_patch_stride: 8,
    quantiles: [0.1, 0.5, 0.9],
    use_reg_token: true,
  },
};

const t5Config = {
  ...core,
  architectures: ['T5ForConditionalGeneration'],
  num_decoder_layers: 1,
  vocab_size: 32,
  chronos_config: {
    tokenizer_class: 'MeanScaleUniformBins',
    tokenizer_kwargs: { low_limit: -2, high_limit: 4 },
    n_tokens: 32,
    n_special_tokens: 2,
    pad_token_id: 0,
    eos_token_id: 1,
    use_eos_token: true,
    model_type: 'seq2seq',
    context_length: 48,
    prediction_length: 16,
    num_samples: 5,
    temperature: 1,
    top_k: 50,
    top_p: 1,
  },
};

export type ModelFiles = Readonly<Record<string, Uint8Array>>;
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

const cardOf = (licence: string): string =>
  `---\nlicense: ${licence}\npipeline_tag: time-series-forecasting\n---\n# A model\n`;

interface FilesOptions {
  readonly licence?: string;
  /** another number makes another model of the same form */
  readonly seed?: number;
}

function filesOf(
  config: unknown,
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
  { licence = 'apache-2.0', seed = 1 }: FilesOptions,
): ModelFiles {
  const tensors = new Map(
    shapes.map(({ name, shape }) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
        Math.sin(seed + i),
      );
      return [name, { type: 'float32' as const, dims: shape, data: new Uint8Array(values.buffer) }];
    }),
  );
  return {
    'README.md': text(cardOf(licence)),
    'config.json': text(JSON.stringify(config, null, 2)),
    'model.safetensors': writeSafetensors(tensors),
  };
}

/** A whole Chronos-2 checkpoint. */
export function chronos2Files(
  options: FilesOptions & { readonly quantiles?: readonly number[] } = {},
): ModelFiles {
  const { quantiles = [0.1, 0.5, 0.9] } = options;
  const config = { ...chronos2Config, chronos_config: { ...chronos2Config.chronos_config, quantiles } };
  return filesOf(config, parametersOf(parseChronos2Config(config)), options);
}

/** A whole Chronos-Bolt checkpoint. */
export const boltFiles = (options: FilesOptions = {}): ModelFiles =>
  filesOf(boltConfig, boltTensors(parseBoltConfig(boltConfig)), options);

/** A whole Chronos-T5 checkpoint. */
export const t5Files = (options: FilesOptions = {}): ModelFiles => ({
  ...filesOf(t5Config, chronosT5Tensors(parseChronosT5Config(t5Config)), options),
  'generation_config.json': text('{"decoder_start_token_id": 0}'),
});

export function writeFiles(folder: string, files: ModelFiles): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, ...name.split('/'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
/** Git's name of a file's content. */
export const gitSha = (content: Uint8Array): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
