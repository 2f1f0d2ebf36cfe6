import { describe, expect, test } from 'vitest';
import { parseChronos2Config } from './config.ts';
import { tunedConfig } from './tuned-files.ts';

const json = (chronos: object = {}): Record<string, unknown> => ({
  d_model: 16,
  d_kv: 8,
  d_ff: 32,
  num_layers: 1,
  num_heads: 2,
  torch_dtype: 'bfloat16',
  chronos_config: {
    context_length: 512,
    input_patch_size: 16,
    input_patch_stride: 16,
    output_patch_size: 16,
    max_output_patches: 4,
    quantiles: [0.1, 0.5, 0.9],
    use_arcsinh: true,
    use_reg_token: true,
    ...chronos,
  },
});

describe('what the time encoding is measured in', () => {
  test.each([
    ['as it says', { time_encoding_scale: 100 }, 100],
    ['the context, where it says nothing', {}, 512],
    ['the context, where it says null', { time_encoding_scale: null }, 512],
  ])('is %s', (_, own, scale) => {
    expect(parseChronos2Config(json(own)).timeScale).toBe(scale);
  });

  test.each([
    [{ time_encoding_scale: 100 }, 100],
    [{}, 512],
  ])('stays when a training makes the context longer, %o', (own, scale) => {
    const tuned = tunedConfig(json(own), { context: 2048, horizon: 90 });
    expect(tuned).toMatchObject({
      torch_dtype: 'float32',
      chronos_config: { context_length: 2048, max_output_patches: 6, time_encoding_scale: scale },
    });
    expect(parseChronos2Config(tuned).timeScale).toBe(scale);
  });

  test('is said from then on, where training changes nothing else', () => {
    const tuned = tunedConfig(json(), { context: 64, horizon: 16 });
    expect(tuned['chronos_config']).toEqual({
      ...(json()['chronos_config'] as object),
      time_encoding_scale: 512,
    });
  });
});
