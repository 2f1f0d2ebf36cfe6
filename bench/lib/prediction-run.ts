/**
 * @file Times our predictions from a model file of an original library, in a process of its own, for bench/prediction.ts:
 * `node prediction-run.ts FOLDER PEER THREADS REPEATS` prints one line of JSON.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readModelFile } from '../../src-main/models/boosting/interchange/formats.ts';
import { createPredictor } from '../../src-main/models/boosting/predict/predictor.ts';

const [folder, peer, threads, repeats] = process.argv.slice(2);
const bytesOf = (name: string): Uint8Array => readFileSync(path.join(folder, name));
const { columns: width, batches: sizes } = JSON.parse(
  readFileSync(path.join(folder, 'shape.json'), 'utf8'),
) as {
  columns: number;
  batches: number[];
};

/** Columns of a table that lies row by row. */
function columnsOf(name: string): Float32Array[] {
  const bytes = bytesOf(name);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return Array.from({ length: width }, (_, c) =>
    Float32Array.from({ length: all.length / width }, (__, i) => all[i * width + c]),
  );
}

const seconds = (work: () => void): number => {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const { ensemble } = readModelFile({ bytes: bytesOf(`${peer}.model`), file: `${peer}.model` });
const predictor = createPredictor(ensemble, { threads: Number(threads) });
const batches = [];
for (const rows of sizes) {
  const columns = columnsOf(`batch-${rows}.f32`);
  const first = seconds(() => void predictor.predict(columns, rows));
  const warm: number[] = [];
  const calls = Number(repeats) * (rows < 20_000 ? 4 : 1);
  for (let i = 0; i < calls; i++) {
    await new Promise((resolve) => setTimeout(resolve)); // threads start, garbage goes, as between calls of an app
    warm.push(seconds(() => void predictor.predict(columns, rows)));
  }
  batches.push({ rows, first, seconds: median(warm), best: Math.min(...warm) });
}

const columns = columnsOf(`batch-${sizes[0]}.f32`);
const [ours] = predictor.predict(columns, sizes[0]);
const theirs = bytesOf(`${peer}.f64`);
const expected = new Float64Array(theirs.buffer, theirs.byteOffset, theirs.byteLength / 8);
const difference = ours.reduce(
  (most, x, i) => Math.max(most, Math.abs(x - expected[i]) / (1 + Math.abs(x))),
  0,
);

const out = new Float64Array(ensemble.outputs);
const row = new Float64Array(width);
const perRow = Array.from({ length: 1000 }, (_, i) => {
  for (let c = 0; c < width; c++) row[c] = columns[c][i];
  return seconds(() => predictor.row(row, out)) * 1e6;
});
console.log(
  JSON.stringify({ batches, rowMicroseconds: median(perRow), firstRowMicroseconds: perRow[0], difference }),
);
