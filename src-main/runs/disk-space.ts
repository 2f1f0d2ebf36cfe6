/** @file A full disk is an ordinary error, and one that is better said before the work than after it. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Workspace } from '../workspace/types.ts';

const mib = 1 << 20;
/** models, backtests and the history of one run with room to spare */
export const defaultMinFreeBytes = 64 * mib;

/** @throws AppError `disk-full` when less than `minFreeBytes` and twice the data is free; unknown counts as enough */
export function checkDiskSpace(
  workspace: Pick<Workspace, 'freeBytes' | 'path'>,
  dataBytes: number,
  minFreeBytes = defaultMinFreeBytes,
): void {
  const free = workspace.freeBytes();
  const needed = minFreeBytes + 2 * dataBytes;
  if (free === null || free >= needed) return;
  const inMib = (bytes: number): string => `${Math.ceil(bytes / mib)} MiB`;
  throw new AppError({
    code: 'disk-full',
    message: `${inMib(needed)} must be free to start; ${inMib(free)} are (${workspace.path}).`,
    hint: 'Free some space, then resume the run.',
    place: { file: workspace.path },
    details: { freeBytes: free, neededBytes: needed },
  });
}
