/** @file Events from services to whoever listens: windows, streams, the command line's progress bar. */
import type { AppEvent } from '../../src-preload/contract/index.ts';
import type { EventBus } from './types.ts';

export function createEventBus(): EventBus {
  const listeners = new Set<(event: AppEvent) => void>();
  return {
    emit(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch (error) {
          // a broken window must not stop a run, nor the other windows
          process.emitWarning(error instanceof Error ? error : String(error), 'EventListenerWarning');
        }
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
