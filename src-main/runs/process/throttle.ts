/** @file At most one call per interval; the last one of a burst always arrives. */
export interface Throttle<T> {
  push(value: T): void;
  /** sends what is held back */
  flush(): void;
  /** forgets what is held back */
  clear(): void;
}

export function createThrottle<T>(send: (value: T) => void, everyMs: number): Throttle<T> {
  let lastSentAt = -Infinity;
  let held: { value: T } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const clear = (): void => {
    held = null;
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const sendNow = (value: T): void => {
    clear();
    lastSentAt = performance.now();
    send(value);
  };
  return {
    clear,
    flush: () => {
      if (held) sendNow(held.value);
    },
    push: (value) => {
      const left = lastSentAt + everyMs - performance.now();
      // no timer would fire while a step computes without a pause, so a call that is due sends by itself
      if (left <= 0) return sendNow(value);
      held = { value };
      timer ??= setTimeout(() => {
        if (held) sendNow(held.value);
      }, left);
    },
  };
}
