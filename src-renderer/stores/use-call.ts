/** @file A call whose answer a component shows: loads when the input changes, keeps the old value meanwhile. */
import { useCallback, useEffect, useState } from 'react';
import type { CallName, Input, Output } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import { failed, idle, loading } from './resource.ts';
import type { Resource } from './resource.ts';

/** The last answer, and to which question. */
interface Settled<T> {
  readonly token: string;
  readonly resource: Resource<T>;
}

/**
 * @param input null: do not call (yet)
 * @returns the state, and `reload`
 */
export function useCall<K extends CallName>(
  name: K,
  input: Input<K> | null,
): readonly [Resource<Output<K>>, () => void] {
  const [round, setRound] = useState(0);
  const [settled, setSettled] = useState<Settled<Output<K>>>({ token: '', resource: idle });
  const key = input === null ? null : JSON.stringify(input);
  const token = `${round} ${name} ${key ?? ''}`;
  useEffect(() => {
    if (key === null) return undefined;
    let stale = false;
    call(name, JSON.parse(key) as Input<K>).then(
      (value) => {
        if (!stale) setSettled({ token, resource: { status: 'ready', value } });
      },
      (thrown: unknown) => {
        if (!stale) setSettled((before) => ({ token, resource: failed(before.resource, thrown) }));
      },
    );
    return () => {
      stale = true;
    };
  }, [name, key, token]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  if (key === null) return [idle, reload];
  // another question is on its way: what was there before stays in sight
  return [settled.token === token ? settled.resource : loading(settled.resource), reload];
}
