/** @file The clock as a value: pure parts take it as an argument. */
import { useEffect, useState } from 'react';

/** Milliseconds, renewed every `everyMs`; stands still while `active` is false. */
export function useNow(everyMs: number, active = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, active]);
  return now;
}
