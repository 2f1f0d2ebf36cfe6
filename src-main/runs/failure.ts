/** @file Why a run ended without success, in words a user can act on, and which of these are worth another try. */
import type { ErrorData, StepId } from '../../src-preload/contract/index.ts';
import type { ProcessExit } from './process-host.ts';

/** What V8, the C++ runtime and ONNX Runtime print when memory runs out. */
const outOfMemoryWords =
  /heap out of memory|out of memory|bad_alloc|allocation failed|cannot allocate memory/i;
/** Windows: STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT */
const outOfMemoryCodes = new Set([0xc0000017, 0xc000012d]);

export function diedError(exit: ProcessExit, lastWords: string, step: StepId | null): ErrorData {
  const where = step === null ? 'before its first step' : `in step "${step}"`;
  const how =
    exit.signal !== null
      ? `signal ${exit.signal}`
      : exit.code !== null
        ? `exit code ${exit.code}`
        : 'it could not be started';
  const saidSo = outOfMemoryWords.test(lastWords) || outOfMemoryCodes.has((exit.code ?? 0) >>> 0);
  // nobody here sent it: on Linux and macOS the system kills the largest process when memory runs out
  const isLikely = exit.signal === 'SIGKILL';
  const lines = lastWords.trim().split('\n');
  const lastLine = (lines.find((line) => outOfMemoryWords.test(line)) ?? lines.at(-1))?.slice(0, 300);
  return {
    code: 'run-process-died',
    message: saidSo
      ? `The run process ran out of memory ${where} (${how}).`
      : `The run process ended unexpectedly ${where} (${how}).`,
    hint:
      saidSo || isLikely
        ? 'Close other programs, run fewer side by side (Settings), or use fewer features or rows; then resume: completed steps are kept.'
        : 'Resume the run: completed steps are kept. If it happens again, the log shows its last words.',
    details: {
      exitCode: exit.code,
      signal: exit.signal,
      step,
      outOfMemory: saidSo ? 'yes' : isLikely ? 'likely' : 'no',
      ...(lastLine ? { lastLine } : {}),
    },
  };
}

export const interruptedError = (reason: string, details: Record<string, unknown>): ErrorData => ({
  code: 'run-interrupted',
  message: reason,
  hint: 'Resume the run: completed steps are kept.',
  details,
});

/** Another try cannot help where the user's input or the machine's state is the cause. */
export function isWorthRetrying(error: ErrorData): boolean {
  return !(
    error.code.startsWith('recipe-') ||
    error.code.startsWith('engine-not-available') ||
    error.code === 'disk-full' ||
    error.code.startsWith('workspace-')
  );
}
