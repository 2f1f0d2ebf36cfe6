import { expect, test } from 'vitest';
import { canonicalJson, stepKey } from './step-key.ts';

const base = {
  id: 'train',
  version: 1,
  code: 'c0de',
  params: { eta: 0.1, depth: 6 },
  inputs: [{ name: 'a', hash: '1' }],
};

test('the order of keys and undefined values do not change a key', () => {
  expect(stepKey({ ...base, params: { depth: 6, gone: undefined, eta: 0.1 } })).toBe(stepKey(base));
});

test.each([
  ['the step', { ...base, id: 'evaluate' }],
  ['its version', { ...base, version: 2 }],
  ['the code', { ...base, code: 'c1de' }],
  ['a parameter', { ...base, params: { eta: 0.2, depth: 6 } }],
  ['an input', { ...base, inputs: [{ name: 'a', hash: '2' }] }],
  ['the name of an input', { ...base, inputs: [{ name: 'b', hash: '1' }] }],
])('%s changes the key', (_what, changed) => {
  expect(stepKey(changed)).not.toBe(stepKey(base));
});

test('canonical JSON is JSON with sorted keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  );
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [new Float64Array(2)], [() => 1], [new Map()]])(
  'a key does not guess what %s is',
  (value) => {
    expect(() => canonicalJson({ deep: [value] })).toThrow(/\$\.deep\[0\]/);
  },
);
