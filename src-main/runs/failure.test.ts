import { expect, test } from 'vitest';
import { diedError, isWorthRetrying } from './failure.ts';

test.each([
  [
    'V8 says so',
    { code: null, signal: 'SIGABRT' },
    'FATAL ERROR: JavaScript heap out of memory\n at x',
    'yes',
  ],
  ['C++ says so', { code: 134, signal: null }, "terminate called after throwing 'std::bad_alloc'", 'yes'],
  ['Windows says so', { code: -1073741801, signal: null }, '', 'yes'],
  ['a kill from outside', { code: null, signal: 'SIGKILL' }, '', 'likely'],
  ['an exit', { code: 3, signal: null }, 'bye', 'no'],
])('out of memory is recognised: %s', (_what, exit, words, outOfMemory) => {
  const error = diedError(exit, words, 'train');
  expect(error).toMatchObject({ code: 'run-process-died', details: { outOfMemory, step: 'train' } });
  expect(error.hint).toMatch(/resume/i);
});

test('a process that could not be started says so', () => {
  expect(diedError({ code: null, signal: null }, '', null).message).toMatch(
    /before its first step.*could not be started/,
  );
});

test.each([
  ['run-process-died', true],
  ['internal', true],
  ['recipe-unknown-parameter', false],
  ['engine-not-available', false],
  ['disk-full', false],
])('%s: another try %s', (code, expected) => {
  expect(isWorthRetrying({ code, message: '' })).toBe(expected);
});
