/** @file A call whose answer a component shows: loads when the input changes, keeps the old value meanwhile. */
import { useCallback, useEffect, useState } from 'react';
import type { CallName, Input, Output } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import { failed, idle, loading } from './resource.ts';
import type { Resource } from './resource.ts';

/**
 * @param input null: do not call (yet)
 * @returns the state, and `reload`
 */
export function useCall<K extends CallName>(
  name: K,
  input: Input<K> | null,
): readonly [Resource<Output<K>>, () => void] {
  const key = input === null ? null : JSON.stringify(input);
  const [state, setState] = useState<Resource<Output<K>>>(idle);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (key === null) {
      setState(idle);
      return undefined;
    }
    let stale = false;
    setState(loading);
    call(name, JSON.parse(key) as Input<K>).then(
      (value) => {
        if (!stale) setState({ status: 'ready', value });
      },
      (thrown: unknown) => {
        if (!stale) setState((before) => failed(before, thrown));
      },
    );
    return () => {
      stale = true;
    };
  }, [name, key, round]);
  return [state, useCallback(() => setRound((n) => n + 1), [])];
}
