/** @file Log lines on their way to the store and to listeners, in batches: one commit for many lines. */
import type { LogLine } from '../../src-preload/contract/index.ts';
import type { EventBus, Workspace } from '../workspace/types.ts';

type NewLine = Omit<LogLine, 'seq'>;

export interface LogBuffer {
  add(line: NewLine): void;
  flush(): void;
}

/** More than this while the disk is full are dropped, the oldest first. */
const mostHeld = 5000;

export function createLogBuffer(
  deps: { workspace: Pick<Workspace, 'addLogs'>; bus: EventBus; everyMs: number },
  runId: string,
): LogBuffer {
  let held: NewLine[] = [];
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (held.length === 0) return;
    try {
      const lines = deps.workspace.addLogs(runId, held);
      held = [];
      deps.bus.emit({ type: 'log', runId, lines });
    } catch {
      held = held.slice(-mostHeld); // a full disk must not stop the run for its log: tried again with the next line
    }
  };
  return {
    flush,
    add: (line) => {
      held.push(line);
      timer ??= setTimeout(flush, deps.everyMs);
    },
  };
}
