/** @file Keys that work everywhere: `g` and then the letter of a page. Never while typing. */
import { useEffect } from 'react';
import { places } from '../pages/places.ts';
import { navigate } from '../stores/router.ts';
import type { PageId } from '../stores/router.ts';

/** A second key later than this is a key of its own. */
const patienceMs = 1200;

/** Which page a key leads to, given when `g` was pressed last; pure, so that the clock can be a test's. */
export function pageForKey(key: string, pressedGAt: number | null, nowMs: number): PageId | null {
  if (pressedGAt === null || nowMs - pressedGAt > patienceMs) return null;
  return places.find((place) => place.key === key)?.id ?? null;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('.cm-editor') !== null);

export function useShortcuts(): void {
  useEffect(() => {
    let pressedGAt: number | null = null;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      // a dialog is open: its keys are its own
      if (document.querySelector('[aria-modal="true"]')) return;
      const page = pageForKey(event.key, pressedGAt, event.timeStamp);
      pressedGAt = event.key === 'g' ? event.timeStamp : null;
      if (page) {
        event.preventDefault();
        navigate(page);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
