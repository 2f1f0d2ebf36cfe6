/** @file Which architecture a config.json describes, and which files of a model that architecture needs. */
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationKind } from '../../../src-preload/contract/index.ts';

export const configName = 'config.json';
export const weightsName = 'model.safetensors';
export const indexName = 'model.safetensors.index.json';
export const readmeName = 'README.md';

const shard = /^model-\d{5}-of-\d{5}\.safetensors$/;
/** An export of transformers for ONNX Runtime; its decoder is one that keeps what it has worked out. */
export const onnxNames = ['onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx'] as const;

const configSchema = z.looseObject({
  architectures: z.array(z.string()).nullish().catch(null),
  chronos_pipeline_class: z.string().nullish().catch(null),
  chronos_config: z
    .looseObject({ tokenizer_class: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
});

/**
 * @param config parsed config.json
 * @param name of the model, for messages
 * @throws AppError `model-kind-unsupported`
 */
export function kindOf(config: unknown, name: string): FoundationKind {
  const parsed = configSchema.safeParse(config);
  const { architectures, chronos_pipeline_class: pipeline, chronos_config: own } = parsed.data ?? {};
  const is = (wanted: string): boolean => architectures?.includes(wanted) === true;
  if (pipeline === 'Chronos2Pipeline' || is('Chronos2Model')) return 'chronos-2';
  if (pipeline === 'ChronosBoltPipeline' || is('ChronosBoltModelForForecasting')) return 'chronos-bolt';
  // the first family names no pipeline; its tokens are what tells it from any other T5
  if (own?.tokenizer_class === 'MeanScaleUniformBins') return 'chronos-t5';
  const found = pipeline ?? architectures?.[0];
  throw new AppError({
    code: 'model-kind-unsupported',
    message: `${name} is a model of another kind (${found ? `its ${configName} names "${found.slice(0, 100)}"` : `its ${configName} names no architecture`}).`,
    hint: 'Voltcast runs Chronos-2, Chronos-Bolt and Chronos-T5; see which there are: voltcast models library',
  });
}

/**
 * Of the files that are there, those that Voltcast needs or keeps for people. Nothing else is ever downloaded or unpacked:
 * no pickles, no scripts.
 * @param there paths with slashes
 * @throws AppError `checkpoint-incomplete`
 */
export function filesNeeded(kind: FoundationKind, there: readonly string[], name: string): string[] {
  const all = new Set(there);
  const needed = [configName];
  for (const optional of ['generation_config.json', readmeName, 'LICENSE', 'LICENSE.txt', 'LICENSE.md'])
    if (all.has(optional)) needed.push(optional);
  const shards = there.filter((file) => shard.test(file));
  if (all.has(weightsName)) needed.push(weightsName);
  else if (all.has(indexName) && shards.length > 0) needed.push(indexName, ...shards);
  else if (kind === 'chronos-t5' && onnxNames.every((file) => all.has(file))) needed.push(...onnxNames);
  else throw incomplete(name, there);
  return needed;
}

/** Names that {@link filesNeeded} may ask for. */
export const mayBeNeeded = (file: string): boolean =>
  [configName, 'generation_config.json', readmeName, 'LICENSE', 'LICENSE.txt', 'LICENSE.md'].includes(file) ||
  ([weightsName, indexName, ...onnxNames] as readonly string[]).includes(file) ||
  shard.test(file);

/** Everything else is text that is read whole. */
export const isWeights = (file: string): boolean => /\.(safetensors|onnx)$/.test(file);

/** A path with slashes that stays where it is put, on every system. */
export const isInside = (file: string): boolean =>
  file.length > 0 &&
  file.length < 1000 &&
  !/[\\:\0]/.test(file) &&
  !file.startsWith('/') &&
  file.split('/').every((part) => part !== '..') &&
  path.posix.normalize(file) !== '.';

const incomplete = (name: string, there: readonly string[]): AppError => {
  const old = there.some((file) => /\.(bin|pt|pth|ckpt|h5|msgpack)$/.test(file));
  return new AppError({
    code: 'checkpoint-incomplete',
    message: `${name} has no ${weightsName}${old ? ', only weights in a form that may run code when it is read' : ''}.`,
    hint: `A model is ${configName} and ${weightsName}; take a revision that has both.`,
  });
};
