/** @file The run process's end of the line to the services, under Node's fork and Electron's utilityProcess alike. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { StepRecord } from '../../workspace/types.ts';
import type { FromRun, Request, ToRun } from './messages.ts';

/** Electron's `process.parentPort`, as far as it is used here. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

export interface Port {
  send(message: Exclude<FromRun, { seq: number }>): void;
  /** @returns the finished step under this key, if the services know one */
  findStep(key: string): Promise<StepRecord | null>;
  /** Resolves once the services have committed it. @throws AppError with the services' reason when they refuse */
  commit(message: Exclude<Request, { type: 'find-step' }>): Promise<void>;
  /** The one `start` message. */
  started: Promise<Extract<ToRun, { type: 'start' }>>;
}

export function openPort(): Port {
  const parentPort = (process as { parentPort?: ParentPort }).parentPort;
  const waiting = new Map<
    number,
    { resolve(record: StepRecord | null): void; reject(error: unknown): void }
  >();
  const started = Promise.withResolvers<Extract<ToRun, { type: 'start' }>>();
  let lastSeq = 0;

  const post = (message: FromRun): void => {
    if (parentPort) parentPort.postMessage(message);
    else if (process.connected) process.send!(message, undefined, {}, () => undefined);
  };
  const ask = (message: Request): Promise<StepRecord | null> => {
    lastSeq += 1;
    const seq = lastSeq;
    const { promise, resolve, reject } = Promise.withResolvers<StepRecord | null>();
    waiting.set(seq, { resolve, reject });
    post({ ...message, seq } as FromRun);
    return promise;
  };
  const answer = (
    seq: number,
  ): { resolve(record: StepRecord | null): void; reject(error: unknown): void } => {
    const asked = waiting.get(seq);
    waiting.delete(seq);
    return asked ?? { resolve: () => undefined, reject: () => undefined };
  };
  const receive = (message: ToRun): void => {
    switch (message.type) {
      case 'start':
        return started.resolve(message);
      case 'found-step':
        return answer(message.seq).resolve(message.record);
      case 'committed':
        return answer(message.seq).resolve(null);
      case 'refused':
        return answer(message.seq).reject(new AppError(message.error));
    }
  };
  if (parentPort) parentPort.on('message', (event) => receive(event.data as ToRun));
  else process.on('message', (message) => receive(message as ToRun));

  return {
    send: post,
    findStep: (key) => ask({ type: 'find-step', key }),
    commit: async (message) => {
      await ask(message);
    },
    started: started.promise,
  };
}
