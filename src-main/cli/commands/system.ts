/** @file `voltcast doctor` and `voltcast serve`. */
import path from 'node:path';
import open from 'open';
import pc from 'picocolors';
import { startServer } from '../../server/server.ts';
import { fail, openSession } from '../context.ts';
import type { GlobalFlags, Session } from '../context.ts';
import { print, printJson } from '../output.ts';

export async function doctor(session: Session): Promise<number> {
  const info = await session.api.call('system.info', {});
  const ok = info.checks.every((check) => check.ok);
  if (session.flags.json === true) printJson({ ok, ...info });
  else {
    print(`Voltcast ${info.version}, ${info.platform.os} ${info.platform.arch}, Node ${info.platform.node}`);
    print(`workspace ${info.workspace.path}${info.workspace.readOnly ? ' (read-only)' : ''}`);
    for (const device of info.devices)
      print(`  ${device.kind}  ${device.name}${device.note === null ? '' : pc.dim(` ${device.note}`)}`);
    for (const check of info.checks)
      print(`${check.ok ? pc.green('ok  ') : pc.red('FAIL')} ${check.name}: ${check.message}`);
  }
  return ok ? 0 : 1;
}

const pagesFolder = (): string => path.resolve(import.meta.dirname, '..', '..', '..', 'out', 'renderer');

/** Serves until it is stopped. */
export async function serve(flags: GlobalFlags, options: { port: number; open: boolean }): Promise<void> {
  try {
    const session = openSession(flags, 'serve');
    const server = await startServer(session.app, { port: options.port, staticFolder: pagesFolder() }).catch(
      async (thrown: unknown) => {
        await session.app.close();
        throw thrown;
      },
    );
    if (flags.json === true)
      printJson({
        address: server.address,
        port: server.port,
        token: server.token,
        workspace: session.app.workspace.path,
      });
    else
      print(
        `Voltcast is at ${server.address}\n${pc.dim(`workspace ${session.app.workspace.path}; stop with Ctrl-C`)}`,
      );
    if (options.open) await open(server.address).catch(() => undefined);
    let closing = false;
    const stop = (): void => {
      if (closing) return;
      closing = true;
      void server
        .close()
        .then(() => session.app.close())
        .finally(() => process.exit(0));
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  } catch (thrown) {
    fail(flags, thrown);
  }
}
