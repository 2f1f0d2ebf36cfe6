/**
 * @file The stream of events, once for the whole app. Bursts (a log line per round, ten runs at once) are handed on
 * each 100 ms, so a busy run costs ten renderings per second and not a thousand.
 */
import type { AppEvent } from '../../src-preload/contract/index.ts';
import { appStore } from './app.ts';
import { onEvent, onOpenFiles } from './client.ts';
import { datasetsStore } from './datasets.ts';
import { foundationStore } from './foundation.ts';
import { importFlow } from './import-flow.ts';
import { navigate } from './router.ts';
import { runsStore } from './runs.ts';

type Listener = (events: readonly AppEvent[]) => void;

const listeners = new Set<Listener>();

/** Hears batches of events until the returned function is called. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Collects what comes and hands it on once per `everyMs`; the first event of a quiet time waits no longer than that. */
export function createBatcher<T>(
  flush: (items: readonly T[]) => void,
  everyMs: number,
): { add(item: T): void; stop(): void } {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add: (item) => {
      waiting.push(item);
      timer ??= setTimeout(() => {
        const items = waiting;
        waiting = [];
        timer = undefined;
        flush(items);
      }, everyMs);
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}

/** Loads what all pages need and keeps it current. Called once by main; returns what stops it. */
export function startEvents(): () => void {
  const batcher = createBatcher<AppEvent>((events) => {
    datasetsStore.getState().hear(events);
    runsStore.getState().hear(events);
    importFlow.getState().hear(events);
    foundationStore.getState().hear(events);
    for (const listener of listeners) listener(events);
  }, 100);
  let opened = false;
  const load = (): void => {
    void appStore.getState().load();
    void datasetsStore.getState().load();
    void runsStore.getState().load();
  };
  load();
  const stop = onEvent(batcher.add, (state) => {
    appStore.getState().connected(state);
    // the stream was away: what happened meanwhile is only in the store of the other side
    if (state === 'open' && opened) load();
    if (state === 'open') opened = true;
  });
  const stopFiles = onOpenFiles((files) => {
    if (files.length === 0) return;
    navigate('data');
    importFlow.getState().openPaths(files);
  });
  return () => {
    stop();
    stopFiles();
    batcher.stop();
  };
}
