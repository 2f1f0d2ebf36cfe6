/** @file `voltcast doctor` and `voltcast serve`. */
import path from 'node:path';
import open from 'open';
import pc from 'picocolors';
import { fail, openSession } from '../context.ts';
import type { GlobalFlags, Session } from '../context.ts';
import { print, printJson } from '../output.ts';

const treeUses = { always: 'trees', 'where-faster': 'trees of large data, where it is faster' } as const;

export async function doctor(session: Session): Promise<number> {
  const [info, devices] = await Promise.all([
    session.api.call('system.info', {}),
    session.api.call('system.devices', {}),
  ]);
  const ok = info.checks.every((check) => check.ok);
  if (session.flags.json === true) printJson({ ok, ...info, devices });
  else {
    print(`Voltcast ${info.version}, ${info.platform.os} ${info.platform.arch}, Node ${info.platform.node}`);
    print(`workspace ${info.workspace.path}${info.workspace.readOnly ? ' (read-only)' : ''}`);
    for (const { kind, name, trees, networks } of devices) {
      const uses = [trees && treeUses[trees], networks && 'networks'].filter(Boolean).join(', ');
      print(`  ${kind}  ${name} ${pc.dim(uses || 'not used')}`);
    }
    for (const check of info.checks)
      print(`${check.ok ? pc.green('ok  ') : pc.red('FAIL')} ${check.name}: ${check.message}`);
  }
  return ok ? 0 : 1;
}

const pagesFolder = (): string => path.resolve(import.meta.dirname, '..', '..', '..', 'out', 'renderer');

/** Serves until it is stopped. */
export async function serve(flags: GlobalFlags, options: { port: number; open: boolean }): Promise<void> {
  try {
    // read here: the other commands start sooner without
    const { startServer } = await import('../../server/server.ts');
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
