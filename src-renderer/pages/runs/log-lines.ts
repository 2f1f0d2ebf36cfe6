/** @file Which lines of a log are shown. Pure. */
import type { LogLine, StepId } from '../../../src-preload/contract/index.ts';

/** from the most to the least talkative */
export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

const rank: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** @param level this one and everything graver */
export const shownLines = (
  lines: readonly LogLine[],
  level: Level,
  step: StepId | null,
  attempt: number | null,
): readonly LogLine[] =>
  lines.filter(
    (line) =>
      rank[line.level] >= rank[level] &&
      (step === null || line.step === step) &&
      (attempt === null || line.attempt === attempt),
  );
