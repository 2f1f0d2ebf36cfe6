/**
 * @file Puts a trained model into the box: weights in 16 bits beside the configuration they belong to, and the log of its training.
 *
 *   node models/pretraining/pack.ts --from FOLDER [--to models/voltcast-small]
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readSafetensors, toFloats, writeSafetensors } from '../../src-main/tensor/safetensors.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: { from: { type: 'string' }, to: { type: 'string', default: path.join(here, '..', 'voltcast-small') } },
});
if (options.from === undefined) throw new Error('--from FOLDER is needed: what train.ts wrote');
const { from, to } = options;
mkdirSync(to, { recursive: true });

const file = path.join(from, 'model.safetensors');
const { tensors } = readSafetensors(readFileSync(file), file);
const halves = new Map(
  [...tensors].map(([name, tensor]) => {
    const values = Float16Array.from(toFloats(tensor, file));
    if (!values.every(Number.isFinite)) throw new Error(`${name} has values that 16 bits cannot hold`);
    return [name, { type: 'float16' as const, dims: tensor.dims, data: new Uint8Array(values.buffer) }] as const;
  }),
);
// as text: the original takes 1.0 for what is no whole number, and not 1
const config = readFileSync(path.join(here, 'config.json'), 'utf8').replace('"torch_dtype": "float32"', '"torch_dtype": "float16"');
writeFileSync(path.join(to, 'config.json'), config);
writeFileSync(path.join(to, 'model.safetensors'), writeSafetensors(halves, { format: 'pt' }));
copyFileSync(path.join(from, 'log.jsonl'), path.join(to, 'training-log.jsonl'));
console.log(`${to}: ${halves.size} tensors`);
