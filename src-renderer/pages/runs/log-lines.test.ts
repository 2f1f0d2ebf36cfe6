import { expect, test } from 'vitest';
import type { LogLine } from '../../../src-preload/contract/index.ts';
import { shownLines } from './log-lines.ts';

const line = (seq: number, change: Partial<LogLine>): LogLine => ({
  seq,
  at: 0,
  step: 'train',
  attempt: 1,
  level: 'info',
  message: '',
  ...change,
});
const lines = [
  line(1, { level: 'debug' }),
  line(2, {}),
  line(3, { level: 'error', step: 'evaluate' }),
  line(4, { attempt: 2, step: null }),
];
const seqs = (...args: [Parameters<typeof shownLines>[1], Parameters<typeof shownLines>[2], number | null]) =>
  shownLines(lines, ...args).map((l) => l.seq);

test('level, step and attempt narrow together', () => {
  expect(seqs('debug', null, null)).toEqual([1, 2, 3, 4]);
  expect(seqs('info', null, null)).toEqual([2, 3, 4]);
  expect(seqs('warn', null, null)).toEqual([3]);
  expect(seqs('info', 'train', null)).toEqual([2]);
  expect(seqs('info', null, 2)).toEqual([4]);
});
