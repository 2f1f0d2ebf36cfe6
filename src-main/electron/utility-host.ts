/** @file Run processes in the packaged app: Electron's utilityProcess, because the RunAsNode fuse is off and fork would not work. */
import type { utilityProcess } from 'electron';
import type { HostedProcess, ProcessHost } from '../runs/process-host.ts';

/** Signals a process by number; it may have ended meanwhile. */
function signal(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // it is gone, which is what was wanted
  }
}

export function createUtilityHost(host: Pick<typeof utilityProcess, 'fork'>): ProcessHost {
  return {
    start(entry, args): HostedProcess {
      const child = host.fork(entry, [...args], { stdio: 'pipe', serviceName: 'Voltcast run' });
      return {
        get pid() {
          return child.pid;
        },
        send: (message) => child.postMessage(message),
        onMessage: (listener) => void child.on('message', listener),
        onOutput: (listener) => {
          for (const stream of [child.stdout, child.stderr])
            stream?.on('data', (chunk: Buffer) => listener(chunk.toString('utf8')));
        },
        onExit: (listener) => void child.once('exit', (code) => listener({ code, signal: null })),
        terminate: () => {
          // before it is spawned there is no pid to signal, but Electron's own kill waits for it
          if (child.pid === undefined) child.kill();
          else signal(child.pid, 'SIGTERM');
        },
        kill: () => {
          if (child.pid === undefined) child.kill();
          else signal(child.pid, 'SIGKILL');
        },
      };
    },
  };
}
