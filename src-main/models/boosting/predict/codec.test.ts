import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../../src-preload/contract/index.ts';
import { randomColumns, randomEnsemble } from '../../../../tests/support/random-ensemble.ts';
import { pack } from '../../codec.ts';
import type { NodeTrees, TreeEnsemble } from '../ensemble.ts';
import { ensembleFromJson, ensembleToJson } from './codec.ts';
import { createPredictor } from './predictor.ts';
import { concatEnsembles, truncateEnsemble } from './trim.ts';
import { validateEnsemble } from './validate.ts';

const small = { features: 4, trees: 3, leaves: 8, outputs: 2, thresholds: 5 };
const overJson = (ensemble: TreeEnsemble): unknown => JSON.parse(JSON.stringify(ensembleToJson(ensemble)));

test('every bit comes back', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const ensemble = randomEnsemble(seed, small);
      expect(ensembleFromJson(overJson(ensemble))).toEqual(ensemble);
    }),
    { numRuns: 50 },
  );
});

test('derived columns and their tables come back', () => {
  const ensemble: TreeEnsemble = {
    ...randomEnsemble(1, small),
    derived: [
      {
        statistic: 'Borders',
        columns: [0, 2],
        binary: [{ column: 1, border: 0.25 }],
        equal: [{ column: 3, code: 2 }],
        targetBorder: 0,
        prior: { numerator: 0.5, denominator: 1 },
        shift: 0,
        scale: 15,
        table: 0,
      },
    ],
    tables: [
      {
        hashes: BigUint64Array.of(2n ** 64n - 1n, 5n),
        counts: Float64Array.of(1, 2, 3, 4),
        classes: 2,
        total: 10,
      },
    ],
  };
  expect(ensembleFromJson(overJson(ensemble))).toEqual(ensemble);
});

const stump = (change: Partial<NodeTrees> = {}): TreeEnsemble => ({
  ...randomEnsemble(3, { ...small, outputs: 1, trees: 1 }),
  dialect: 'xgboost',
  missingAs: null,
  trees: {
    shape: 'nodes',
    start: Int32Array.of(0, 5),
    feature: Int32Array.of(0, 1, -1, -1, -1),
    threshold: Float64Array.of(1, 2, 0, 0, 0),
    left: Int32Array.of(1, 3, 0, 0, 0),
    right: Int32Array.of(2, 4, 0, 0, 0),
    flags: new Uint8Array(5),
    value: new Float64Array(5),
    gain: new Float64Array(5),
    cover: new Float64Array(5),
    count: new Float64Array(5),
    setStart: new Int32Array(0),
    setBits: new Uint32Array(0),
    ...change,
  },
});

test.each([
  ['a child outside of the tree', { left: Int32Array.of(1, 5, 0, 0, 0) }, /trees\.left\.1/],
  ['a way back to the root', { left: Int32Array.of(1, 0, 0, 0, 0) }, /trees\.left\.1/],
  ['a way to itself', { right: Int32Array.of(2, 1, 0, 0, 0) }, /trees\.right\.1/],
  ['two parents', { left: Int32Array.of(1, 2, 0, 0, 0) }, /trees\.left\.1: a node with two parents/],
  ['a node without parent', { feature: Int32Array.of(0, -1, -1, -1, -1) }, /trees\.left\.1/],
  ['a leaf with children', { left: Int32Array.of(1, 3, 0, 4, 0) }, /trees\.left\.3/],
  ['an unknown column', { feature: Int32Array.of(0, 4, -1, -1, -1) }, /trees\.feature\.1/],
  ['a set that is not there', { flags: Uint8Array.of(2, 0, 0, 0, 0) }, /trees\.threshold\.0/],
  ['a threshold that is no number', { threshold: Float64Array.of(1, NaN, 0, 0, 0) }, /trees\.threshold\.1/],
  ['an infinite leaf', { value: Float64Array.of(1, 0, 0, 0, Infinity) }, /trees\.value\.4/],
  ['nodes of no tree', { start: Int32Array.of(0, 4) }, /trees\.start\.1/],
  ['trees without nodes', { start: Int32Array.of(0, 0, 5) }, /treeOutput|trees\.start/],
  ['a short array', { gain: new Float64Array(4) }, /trees\.gain/],
  ['unknown flags', { flags: Uint8Array.of(16, 0, 0, 0, 0) }, /trees\.flags\.0/],
])('%s is refused', (_name, change, message) => {
  expect(() => validateEnsemble(stump())).not.toThrow();
  const broken = stump(change);
  expect(() => validateEnsemble(broken)).toThrow(AppError);
  expect(() => ensembleFromJson(overJson(broken))).toThrow(message);
});

test('a tree too deep for readers that recurse is refused', () => {
  const depth = 5000;
  const nodes = 2 * depth + 1;
  const inner = (at: number) => at % 2 === 0 && at < 2 * depth;
  const of = (value: (at: number) => number) =>
    Int32Array.from({ length: nodes }, (_, at) => (inner(at) ? value(at) : 0));
  const deep = stump({
    start: Int32Array.of(0, nodes),
    feature: Int32Array.from({ length: nodes }, (_, at) => (inner(at) ? 0 : -1)),
    left: of((at) => at + 1),
    right: of((at) => at + 2),
    ...Object.fromEntries(
      ['threshold', 'value', 'gain', 'cover', 'count'].map((key) => [key, new Float64Array(nodes)]),
    ),
    flags: new Uint8Array(nodes),
  });
  expect(() => validateEnsemble(deep)).toThrow(/deeper than/);
});

/** A random change anywhere in the JSON: another value, another byte of an array, a field less. */
function damage(json: unknown, choices: readonly number[]): unknown {
  const copy: unknown = structuredClone(json);
  const slots: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      slots.push({ holder: value as Record<string, unknown>, key });
      visit((value as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  for (let i = 0; i + 2 < choices.length; i += 3) {
    const { holder, key } = slots[choices[i] % slots.length];
    const kind = choices[i + 1] % 4;
    const old = holder[key];
    if (typeof old === 'string' && kind < 3) {
      const bytes = Buffer.from(old, 'base64');
      if (bytes.length > 0) bytes[choices[i + 2] % bytes.length] ^= 1 << (choices[i + 2] % 8);
      holder[key] = bytes.toString('base64');
    } else if (kind === 0) Reflect.deleteProperty(holder, key);
    else holder[key] = [0, -1, 1e300, null, 'x', [], {}, 3, 2 ** 31, 0.5][choices[i + 2] % 10];
  }
  return copy;
}

test('a damaged model is refused with an error that has a code, or predicts', () => {
  let refused = 0;
  let taken = 0;
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(), { minLength: 3, maxLength: 6 }), (seed, choices) => {
      const ensemble = randomEnsemble(seed % 20, small);
      const json = damage(overJson(ensemble), choices);
      try {
        const back = ensembleFromJson(json);
        createPredictor(back).raw(randomColumns(back, 20, seed), 20);
        taken++;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.code).toBe('model-invalid');
        refused++;
      }
    }),
    { numRuns: 600 },
  );
  expect(refused).toBeGreaterThan(50);
  expect(taken).toBeGreaterThan(50);
});

test('a length that lies is refused before memory is taken', () => {
  const json = ensembleToJson(stump());
  const lies = { ...json, base: { ...pack(new Float64Array(1)), length: 2 ** 50 } };
  expect(() => ensembleFromJson(lies)).toThrow(/base/);
});

test('first rounds plus the rest give the whole', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 3 }), (seed, rounds) => {
      const ensemble = randomEnsemble(seed, small);
      const first = truncateEnsemble(ensemble, rounds);
      validateEnsemble(first);
      const twice = concatEnsembles(first, ensemble);
      validateEnsemble(twice);
      const columns = randomColumns(ensemble, 30, seed);
      const [all, part, sum] = [ensemble, first, twice].map((one) => createPredictor(one).raw(columns, 30));
      for (let k = 0; k < ensemble.outputs; k++)
        for (let i = 0; i < 30; i++)
          expect(sum[k][i]).toBeCloseTo(all[k][i] + part[k][i] - ensemble.base[k], 10);
    }),
    { numRuns: 30 },
  );
  expect(() => concatEnsembles(stump(), { ...stump(), compare: 'le', single: false })).toThrow(
    /compare|single/,
  );
});
