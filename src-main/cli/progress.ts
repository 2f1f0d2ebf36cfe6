/** @file Progress of running runs on a terminal: one line per run, redrawn in place; on a pipe, nothing. */
import pc from 'picocolors';
import { isOver, stepName } from '../../src-preload/contract/index.ts';
import type { RunSummary } from '../../src-preload/contract/index.ts';
import type { EventBus } from '../workspace/types.ts';

const width = 24;

function line(run: RunSummary): string {
  const filled = Math.round(run.fraction * width);
  const bar = '█'.repeat(filled) + pc.dim('░'.repeat(width - filled));
  const left = run.etaMs === null || isOver(run.status) ? '' : ` ${Math.ceil(run.etaMs / 1000)} s left`;
  return `${bar} ${run.recipe.padEnd(32)} ${isOver(run.status) ? run.status : run.currentStep ? stepName(run.currentStep, run.modelType) : run.status}${left}`;
}

/** Follows the runs until the returned function is called. */
export function followRuns(bus: EventBus, ids: readonly string[]): () => void {
  const out = process.stderr;
  if (!out.isTTY) return () => undefined;
  const latest = new Map<string, RunSummary>();
  let drawn = 0;
  const draw = (): void => {
    const lines = ids.flatMap((id) => latest.get(id) ?? []).map(line);
    if (drawn > 0) out.write(`\u001b[${drawn}A`);
    for (const text of lines) out.write(`\u001b[2K${text}\n`);
    drawn = lines.length;
  };
  const stop = bus.on((event) => {
    if (event.type !== 'run' || !ids.includes(event.run.id)) return;
    latest.set(event.run.id, event.run);
    draw();
  });
  return stop;
}
