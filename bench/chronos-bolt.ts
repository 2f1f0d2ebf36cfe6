/**
 * @file Forecasts of checkpoints of the shapes of amazon/chronos-bolt-small and amazon/chronos-t5-small (weights by chance: the released
 * ones are not needed to time them) against chronos-forecasting with PyTorch: same series, same threads, each in a process of its
 * own, in turn.
 *
 *   npm run bench -- chronos-bolt [--json] [--runs 3] [--threads 2] [--python PATH]
 *     [--jobs bolt:1x512x64,bolt:1x2048x64,bolt:32x2048x64,bolt:4x512x192,t5:1x512x64,t5:4x512x64]
 *
 * A job is model:rows x context x horizon; a row of T5 is twenty futures. `seconds` is the median over the runs; `difference` the
 * largest difference of two forecasts, relative to the deviation of the series (none for T5, which draws): beyond 1e-4 the bench fails
 * (exit status 1); `miB` the peak resident memory of the whole process.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { boltTensors, parseBoltConfig } from '../src-main/models/chronos-bolt/config.ts';
import { chronosT5Tensors, parseChronosT5Config } from '../src-main/models/chronos-t5/config.ts';
import {
  findPeers,
  forecastRow,
  judge,
  largestDifference,
  print,
  writeCheckpoint,
  writeSeries,
} from './lib/foundation-peer.ts';
import type { Forecasting } from './lib/foundation-peer.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    jobs: {
      type: 'string',
      default: 'bolt:1x512x64,bolt:1x2048x64,bolt:32x2048x64,bolt:4x512x192,t5:1x512x64,t5:4x512x64',
    },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});

/** Both are T5 "small": 6 layers each side, 8 heads of 64 */
const core = {
  model_type: 't5',
  d_model: 512,
  d_kv: 64,
  d_ff: 2048,
  num_layers: 6,
  num_decoder_layers: 6,
  num_heads: 8,
  dropout_rate: 0.1,
  layer_norm_epsilon: 1e-6,
  relative_attention_num_buckets: 32,
  relative_attention_max_distance: 128,
  feed_forward_proj: 'relu',
  is_encoder_decoder: true,
  pad_token_id: 0,
  eos_token_id: 1,
  decoder_start_token_id: 0,
};
const bolt = {
  ...core,
  architectures: ['ChronosBoltModelForForecasting'],
  chronos_pipeline_class: 'ChronosBoltPipeline',
  vocab_size: 2,
  reg_token_id: 1,
  chronos_config: {
    context_length: 2048,
    prediction_length: 64,
    input_patch_size: 16,
    input_patch_stride: 16,
    quantiles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    use_reg_token: true,
  },
};
const t5 = {
  ...core,
  architectures: ['T5ForConditionalGeneration'],
  vocab_size: 4096,
  chronos_config: {
    tokenizer_class: 'MeanScaleUniformBins',
    tokenizer_kwargs: { low_limit: -15, high_limit: 15 },
    n_tokens: 4096,
    n_special_tokens: 2,
    pad_token_id: 0,
    eos_token_id: 1,
    use_eos_token: true,
    model_type: 'seq2seq',
    context_length: 512,
    prediction_length: 64,
    num_samples: 20,
    temperature: 1,
    top_k: 50,
    top_p: 1,
  },
};

const peers = findPeers(options.python, 'chronos-bolt');
const root = mkdtempSync(path.join(tmpdir(), 'voltcast-chronos-bolt-'));
try {
  const checkpoints = {
    bolt: { config: bolt, shapes: boltTensors(parseBoltConfig(bolt)) },
    t5: { config: t5, shapes: chronosT5Tensors(parseChronosT5Config(t5)) },
  };
  const rows = options.jobs.split(',').map((job) => {
    const [model, sizes] = job.split(':') as ['bolt' | 't5', string];
    const [count, context] = sizes.split('x').map(Number);
    const folder = path.join(root, model);
    const { config, shapes } = checkpoints[model];
    if (!existsSync(folder)) writeCheckpoint(folder, config, shapes);
    writeSeries(folder, count, context);
    const args = [folder, ...sizes.split('x'), options.runs, options.threads];
    const measured = peers.both<Forecasting>('foundation.py', 'chronos-bolt-run.ts', args);
    return forecastRow(job, peers, measured, model === 'bolt' ? largestDifference(folder) : null);
  });
  print(rows, options.json);
  judge(rows);
} finally {
  rmSync(root, { recursive: true });
}
