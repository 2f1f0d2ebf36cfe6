/**
 * @file A whole "app" in a process of its own, to be killed: opens the workspace, recovers, starts or resumes its one
 * run, waits for the end. Says on stdout what it has acknowledged, in writes that a kill cannot take back.
 */
import { writeSync } from 'node:fs';
import { exampleRun, host } from './workspace.ts';
import type { Knobs } from './pipeline.ts';

const [folder, knobs] = process.argv.slice(2) as [string, string];
const say = (fact: object): void => void writeSync(1, `${JSON.stringify(fact)}\n`);

const app = host(folder, { timings: { heartbeatMs: 100 } });
app.manager.recoverOrphans();
const [before] = app.workspace.listRuns({ limit: 1, offset: 0 }).runs;
app.bus.on((event) => {
  if (event.type === 'step' && (event.step.status === 'succeeded' || event.step.status === 'reused'))
    say({ step: event.step.id, status: event.step.status });
});
const run =
  before === undefined
    ? app.manager.enqueue(exampleRun(JSON.parse(knobs) as Knobs))
    : before.status === 'queued' || before.status === 'succeeded'
      ? before
      : app.manager.resume(before.id);
say({ run: run.id });
const over = await app.over(run);
say({ ended: over.status });
await app.close();
