/** @file Whether this machine has a graphics card that networks run on: what takes minutes there takes long without. */
import { useEffect, useState } from 'react';
import { call } from '../../stores/client.ts';

/** Looking starts processes, and cards hardly come and go: once while the window is open. */
let known: Promise<boolean> | null = null;

function look(): Promise<boolean> {
  known ??= call('system.devices', {}).then(
    (devices) => devices.some(({ kind, networks }) => kind === 'gpu' && networks),
    () => {
      known = null;
      return false;
    },
  );
  return known;
}

/** false until one has been found */
export function useCard(): boolean {
  const [found, setFound] = useState(false);
  useEffect(() => {
    let stale = false;
    void look().then((answer) => {
      if (!stale) setFound(answer);
    });
    return () => {
      stale = true;
    };
  }, []);
  return found;
}
