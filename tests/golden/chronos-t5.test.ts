/** @file Chronos-T5 against the original (chronos-forecasting 2.3, PyTorch), with the weights of a formula, in @huggingface/transformers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decoderGraph, encoderGraph } from '../../src-main/models/chronos-t5/graphs.ts';
import { chronosT5Tensors, parseChronosT5Config } from '../../src-main/models/chronos-t5/config.ts';
import { predictPaths } from '../../src-main/models/chronos-t5/predict.ts';
import { drawToken } from '../../src-main/models/chronos-t5/sampler.ts';
import { Tokenizer, centersOf } from '../../src-main/models/chronos-t5/tokens.ts';
import { sampleQuantiles } from '../../src-main/models/chronos/sample-quantiles.ts';
import { createRandom } from '../../src-main/models/random.ts';
import { weightsOf } from '../../src-main/tensor/stored.ts';
import { openT5 } from '../../src-main/services/foundation/t5-model.ts';
import type { OpenT5 } from '../../src-main/services/foundation/t5-model.ts';
import { writeSafetensors } from '../../src-main/tensor/safetensors.ts';
import { Tensor, openSession } from '../../src-main/tensor/session.ts';
import { checkWeights, near } from './support/checks.ts';
import type { WeightCheck } from './support/checks.ts';
import { formulaTensors } from './support/formula.ts';

interface Case {
  readonly name: string;
  readonly config: unknown;
  readonly weight_check: WeightCheck;
  readonly series: readonly (readonly (number | null)[])[];
  readonly centers: readonly number[];
  readonly tokens: readonly { readonly ids: readonly number[]; readonly mask: readonly number[]; readonly scale: number }[];
  readonly encoded: readonly (readonly (readonly number[])[])[];
  readonly decoder_ids: readonly number[];
  readonly logits: readonly (readonly (readonly number[])[])[];
  /** shape (series)(steps): with top_k 1 */
  readonly likeliest: readonly (readonly number[])[];
  readonly draws: {
    readonly horizon: number;
    readonly num_samples: number;
    readonly temperature: number;
    readonly top_k: number;
    readonly top_p: number;
    /** shape (levels)(steps) */
    readonly quantiles: readonly (readonly number[])[];
    readonly mean: readonly number[];
    readonly deviation: readonly number[];
  };
}
const cases = JSON.parse(readFileSync(new URL('chronos-t5.json', import.meta.url), 'utf8')) as readonly Case[];

describe.each(cases)('$name', (one) => {
  const config = parseChronosT5Config(one.config);
  const tensors = formulaTensors(chronosT5Tensors(config), config.t5.headSize);
  const series = one.series.map((row) => Float32Array.from(row, (value) => value ?? Number.NaN));
  const tokenizer = new Tokenizer(config.bins);
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-t5-'));
  let model: OpenT5;
  beforeAll(async () => {
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(one.config));
    writeFileSync(path.join(folder, 'model.safetensors'), writeSafetensors(tensors));
    model = await openT5(folder, { intraOpNumThreads: 1 });
  });
  afterAll(async () => {
    await model.close();
    rmSync(folder, { recursive: true });
  });

  test('has the tensors of the original', () => checkWeights(tensors, one.weight_check));

  test('tokens', () => {
    expect([...centersOf(config.bins)]).toEqual(one.centers);
    one.tokens.forEach(({ ids, mask, scale }, s) => {
      const found = tokenizer.encode(series[s].subarray(Math.max(0, series[s].length - config.contextLength)));
      expect([...found.ids]).toEqual(ids);
      expect([...found.visible]).toEqual(mask);
      near(found.scale, scale, 'scale', 1e-6);
    });
    expect(tokenizer.decode(0, 2)).toBe(2 * one.centers[0]);
    expect(tokenizer.decode(config.bins.tokens - 1, 2)).toBeCloseTo(2 * one.centers.at(-1)!, 5);
  });

  test('encoder and decoder, step by step and all at once', async () => {
    const rows = series.slice(0, 4).map((row) => tokenizer.encode(row.subarray(-config.contextLength)));
    const n = rows[0].ids.length;
    const whole = (lists: readonly ArrayLike<number>[]): Tensor =>
      new Tensor('int64', BigInt64Array.from(lists.flatMap((list) => Array.from(list, BigInt))), [lists.length, lists[0].length]);
    const weights = weightsOf({ tensors, folder: null });
    const encoder = await openSession(encoderGraph(config, weights), { intraOpNumThreads: 1 });
    const decoder = await openSession(decoderGraph(config, 'shared.weight', weights), { intraOpNumThreads: 1 });
    const mask = whole(rows.map((row) => row.visible));
    const { last_hidden_state: encoded } = await encoder.run({ input_ids: whole(rows.map((row) => row.ids)), attention_mask: mask });
    one.encoded.flat(2).forEach((value, i) => near((encoded.data as Float32Array)[i], value, `encoded ${i}`));
    const { heads, headSize, decoderLayers } = config.t5;
    // two paths of each series, which go the same way
    const run = async (ids: readonly number[], kept: Record<string, Tensor> | null): Promise<Record<string, Tensor>> => {
      const past = Object.fromEntries(
        Array.from({ length: decoderLayers }, (_, i) =>
          ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'].map((part) => [
            `past_key_values.${i}.${part}`,
            kept?.[`present.${i}.${part}`] ?? new Tensor('float32', new Float32Array(0), [part.startsWith('d') ? 8 : 0, heads, 0, headSize]),
          ]),
        ).flat(),
      ) as Record<string, Tensor>;
      return await decoder.run({
        input_ids: whole(Array.from({ length: 8 }, () => ids)),
        encoder_hidden_states: encoded,
        encoder_attention_mask: mask,
        ...past,
      });
    };
    const check = (logits: Tensor, from: number, count: number): void => {
      const { vocabulary } = config;
      expect(logits.dims).toEqual([8, count, vocabulary]);
      one.logits.forEach((steps, s) =>
        [0, 1].forEach((p) =>
          steps.slice(from, from + count).forEach((values, t) =>
            values.forEach((value, k) =>
              near((logits.data as Float32Array)[((2 * s + p) * count + t) * vocabulary + k], value, `series ${s}, step ${from + t}, token ${k}`),
            ),
          ),
        ),
      );
    };
    check((await run(one.decoder_ids, null))['logits'], 0, one.decoder_ids.length);
    let kept: Record<string, Tensor> | null = null;
    for (const [t, id] of one.decoder_ids.entries()) {
      kept = await run([id], kept);
      check(kept['logits'], t, 1);
    }
    expect(kept!['present.0.encoder.key'].dims).toEqual([4, heads, n, headSize]);
    await encoder.release();
    await decoder.release();
  });

  test('beyond the horizon of the model', async () => {
    const draw = { samples: 2, temperature: 1, topK: 1, topP: 1 };
    const found = await predictPaths(model, series, { horizon: 10, seed: 1, draw });
    one.likeliest.forEach((steps, s) =>
      [...steps, ...steps].forEach((value, i) => near(found[s][i], value, `series ${s}, element ${i}`)),
    );
  });

  test('what is drawn is spread as what the original draws', async () => {
    const { horizon, num_samples: samples, temperature, top_k: topK, top_p: topP, quantiles, mean, deviation } = one.draws;
    const options = { horizon, seed: 3, draw: { samples, temperature, topK, topP } };
    const [paths] = await predictPaths(model, [series[0]], options);
    for (let t = 0; t < horizon; t++) {
      const values = Float32Array.from({ length: samples }, (_, s) => paths[s * horizon + t]);
      const own = values.reduce((a, b) => a + b, 0) / samples;
      const spread = Math.sqrt(values.reduce((a, b) => a + (b - own) ** 2, 0) / (samples - 1));
      // five standard errors of our 2000 draws and the original's 8000
      expect(Math.abs(own - mean[t]) / (deviation[t] * Math.sqrt(1 / samples + 1 / 8000))).toBeLessThan(5);
      expect(spread / deviation[t]).toBeGreaterThan(0.9);
      expect(spread / deviation[t]).toBeLessThan(1.1);
      sampleQuantiles(values, [0.05, 0.25, 0.5, 0.75, 0.95]).forEach((value, q) => {
        // tokens are steps: the share below the original's quantile is compared, not the value
        const below = (limit: number): number => values.filter((one) => one < limit).length / samples;
        const level = [0.05, 0.25, 0.5, 0.75, 0.95][q];
        const wanted = quantiles[q][t];
        const width = 1e-3 * Math.abs(wanted) + 1e-3;
        expect(below(wanted - width), `step ${t}, level ${level}, ${value}`).toBeLessThan(level + 0.06);
        expect(below(wanted + width), `step ${t}, level ${level}, ${value}`).toBeGreaterThan(level - 0.06);
      });
    }
  });

  test('the same seed draws the same, alone or in company; another seed another', async () => {
    const options = { horizon: 6, seed: 1, draw: { ...config.draw, samples: 3 } };
    const [first, ...rest] = await predictPaths(model, series, options);
    expect(first).toHaveLength(18);
    expect((await predictPaths(model, series, { ...options, rows: 2 }))[0]).toEqual(first);
    expect(await predictPaths(model, [series[0]], options)).toEqual([first]);
    expect((await predictPaths(model, [series[0]], { ...options, seed: 2 }))[0]).not.toEqual(first);
    expect(rest.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
  });
});

describe('drawToken', () => {
  const shares = (logits: readonly number[], draw: { temperature?: number; topK?: number; topP?: number }): number[] => {
    const random = createRandom(4);
    const counts = logits.map(() => 0);
    for (let i = 0; i < 4000; i++)
      counts[drawToken(Float32Array.from(logits), 1, { temperature: 1, topK: 0, topP: 1, ...draw }, random)]++;
    return counts.map((count) => count / 4000);
  };
  const close = (found: readonly number[], wanted: readonly number[]): void =>
    wanted.forEach((value, i) => {
      if (value === 0) expect(found[i]).toBe(0);
      else expect(Math.abs(found[i] - value)).toBeLessThan(0.04);
    });
  const logits = [Math.log(1), 50, Math.log(2), Math.log(4), Math.log(1)];
  test('by probability, and never what may not be', () => close(shares(logits, {}), [1 / 8, 0, 1 / 4, 1 / 2, 1 / 8]));
  test('temperature', () => close(shares(logits, { temperature: 0.5 }), [1 / 22, 0, 4 / 22, 16 / 22, 1 / 22]));
  test('the likeliest few', () => close(shares(logits, { topK: 2 }), [0, 0, 1 / 3, 2 / 3, 0]));
  test('ties at the limit stay', () => close(shares(logits, { topK: 3 }), [1 / 8, 0, 1 / 4, 1 / 2, 1 / 8]));
  test('the likeliest share', () => close(shares(logits, { topP: 0.7 }), [0, 0, 1 / 3, 2 / 3, 0]));
});
