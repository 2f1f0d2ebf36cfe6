/** @file Where run processes come from: Node's fork here, Electron's utilityProcess in the packaged app, behind one interface. */
import { fork } from 'node:child_process';
import type { ToRun } from './process/messages.ts';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface HostedProcess {
  /** undefined until the system has started it (utilityProcess), or when it could not be started */
  readonly pid: number | undefined;
  send(message: ToRun): void;
  onMessage(listener: (message: unknown) => void): void;
  /** what the process prints; the last lines explain a crash */
  onOutput(listener: (text: string) => void): void;
  /** once; also when the process could not be started. No message comes after it. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** asks it to end */
  terminate(): void;
  /** ends it, whatever it is doing */
  kill(): void;
}

export interface ProcessHost {
  start(entry: string, args: readonly string[]): HostedProcess;
}

/**
 * Plain Node: `child_process.fork` with the Node that runs this.
 * @param options.codeCache folder where Node keeps compiled code: saves a third of each start from sources
 */
export function createForkHost(options: { codeCache?: string } = {}): ProcessHost {
  return {
    start(entry, args) {
      // the options of the parent (test runner, inspector) are not meant for the run process
      const { NODE_OPTIONS: _ignored, ...env } = process.env;
      const child = fork(entry, [...args], {
        execPath: process.execPath,
        execArgv: [],
        env: options.codeCache === undefined ? env : { NODE_COMPILE_CACHE: options.codeCache, ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced', // NaN and typed arrays arrive as they were sent
      });
      // a message to a process that has just died is lost like the process; its exit is what counts
      child.on('error', () => undefined);
      return {
        get pid() {
          return child.pid;
        },
        send: (message) => {
          if (child.connected) child.send(message, () => undefined);
        },
        onMessage: (listener) => void child.on('message', listener),
        onOutput: (listener) => {
          for (const stream of [child.stdout, child.stderr])
            stream?.setEncoding('utf8').on('data', (text: string) => listener(text));
        },
        onExit: (listener) => {
          // `close` comes after the pipes are drained, so the last words are there; a failed spawn only gives `error`
          child.once('close', (code, signal) => listener({ code, signal }));
          child.once('error', () => {
            if (child.pid === undefined) listener({ code: null, signal: null });
          });
        },
        terminate: () => void child.kill('SIGTERM'),
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
