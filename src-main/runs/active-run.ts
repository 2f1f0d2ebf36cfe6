/**
 * @file One run that executes: its process, what it reports, and how it ends. What it reports as finished is answered
 * only after the workspace has committed it; the status is written once, when it is known how the run ended.
 */
import { toErrorData } from '../../src-preload/contract/index.ts';
import type { ErrorData, RunSummary, StepView } from '../../src-preload/contract/index.ts';
import { pendingStep } from '../workspace/steps.ts';
import type { EventBus, Workspace } from '../workspace/types.ts';
import { diedError, interruptedError } from './failure.ts';
import { createLogBuffer } from './log-buffer.ts';
import type { HostedProcess, ProcessExit } from './process-host.ts';
import { fromRunSchema } from './process/messages.ts';
import type { FromRun, StartMessage } from './process/messages.ts';
import { createThrottle } from './process/throttle.ts';
import { estimate, noProgress, reduceProgress } from './progress.ts';

export type Ending =
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly error: ErrorData }
  | { readonly status: 'cancelled' }
  | { readonly status: 'interrupted'; readonly error: ErrorData };

export interface ActiveRun {
  readonly id: string;
  readonly attempt: number;
  /** the summary with the progress of this moment */
  live(): RunSummary;
  log(level: 'info' | 'warn' | 'error', message: string): void;
  cancel(): void;
  /** the app closes: the run can be resumed */
  interrupt(): void;
  /** the process is gone */
  readonly exited: Promise<unknown>;
}

export interface Timings {
  /** sign of life and progress to the store */
  readonly heartbeatMs: number;
  readonly logBatchMs: number;
  /** progress to listeners */
  readonly progressMs: number;
  /** between asking the process to end and ending it */
  readonly graceMs: number;
}
export const defaultTimings: Timings = { heartbeatMs: 1000, logBatchMs: 100, progressMs: 100, graceMs: 2000 };

const lastWordsLength = 8192;

/** Watches a process that was just started. `onEnded` is called once, as soon as the end is known. */
export function superviseRun(parts: {
  workspace: Workspace;
  bus: EventBus;
  timings: Timings;
  run: RunSummary;
  start: StartMessage;
  process: HostedProcess;
  onEnded(ending: Ending): void;
  /** with its pid, if it ever had one */
  onExited(pid: number | undefined): void;
}): ActiveRun {
  const { workspace, bus, timings, run, process: child } = parts;
  const { id, attempt } = run;
  const exited = Promise.withResolvers<undefined>();
  const logs = createLogBuffer({ workspace, bus, everyMs: timings.logBatchMs }, id);
  let progress = noProgress;
  let current: StepView | null = null;
  let ended = false;
  let asked: 'cancel' | 'interrupt' | null = null;
  let lastWords = '';
  let killTimer: NodeJS.Timeout | null = null;
  // utilityProcess has its pid a little after the start and loses it at the end
  let pid = child.pid;

  const live = (): RunSummary => ({
    ...run,
    ...estimate(progress, Date.now()),
    currentStep: progress.current,
  });
  const tellProgress = createThrottle<null>(() => {
    bus.emit({ type: 'run', run: live() });
    if (current) bus.emit({ type: 'step', runId: id, step: current });
  }, timings.progressMs);
  const log: ActiveRun['log'] = (level, message) =>
    logs.add({ at: Date.now(), step: progress.current, attempt, level, message });

  const heartbeat = setInterval(() => {
    try {
      pid = child.pid ?? pid;
      if (pid !== undefined) workspace.heartbeat(id, pid);
      const { fraction, etaMs } = estimate(progress, Date.now());
      workspace.setRunProgress(id, fraction, etaMs, progress.current);
    } catch {
      // a full disk: the next beat tries again, and a step that cannot be committed ends the run with the reason
    }
    tellProgress.push(null); // the time left counts down while a step is silent
  }, timings.heartbeatMs);

  const end = (ending: Ending): void => {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    tellProgress.clear();
    closeSteps(ending);
    logs.flush();
    // it ends by itself once it has its answer; one that does not must not hold its place in the queue
    killTimer ??= setTimeout(() => child.kill(), timings.graceMs);
    parts.onEnded(ending);
  };

  const closeSteps = (ending: Ending): void => {
    const open = ending.status === 'succeeded' ? 'succeeded' : ending.status;
    const error = 'error' in ending ? ending.error : null;
    try {
      workspace.closeSteps(id, attempt, open, ending.status === 'interrupted' ? 'pending' : 'skipped', error);
    } catch {
      // the disk is full: the steps are settled when the run is next resumed or shown after a restart
    }
    if (current)
      bus.emit({ type: 'step', runId: id, step: { ...current, status: open, fraction: null, error } });
  };

  /** Does what must be durable, then says so. */
  const commit = (seq: number, work: () => void): boolean => {
    try {
      work();
    } catch (error) {
      child.send({ type: 'refused', seq, error: toErrorData(error) });
      return false;
    }
    child.send({ type: 'committed', seq });
    return true;
  };

  const putStep = (step: StepView): void => {
    try {
      workspace.putStep(id, attempt, step);
    } catch {
      // only a view; what counts is committed by finishStep
    }
    bus.emit({ type: 'step', runId: id, step });
  };

  const receive = (message: FromRun): void => {
    switch (message.type) {
      case 'plan':
        progress = reduceProgress(progress, message);
        for (const { id: step } of message.steps) putStep(pendingStep(step));
        return;
      case 'find-step':
        try {
          return child.send({
            type: 'found-step',
            seq: message.seq,
            record: workspace.findStep(message.key),
          });
        } catch (error) {
          return child.send({ type: 'refused', seq: message.seq, error: toErrorData(error) });
        }
      case 'step-started':
        current = message.step;
        progress = reduceProgress(progress, { type: 'started', step: message.step.id, at: Date.now() });
        putStep(message.step);
        return tellProgress.push(null);
      case 'step-finished': {
        const { step, record, artifacts, result } = message;
        const work = (): void =>
          workspace.finishStep({ runId: id, attempt, step, record, artifacts, result });
        if (!commit(message.seq, work)) return;
        if (current?.id === step.id) current = null;
        const reused = step.status === 'reused';
        progress = reduceProgress(progress, { type: 'finished', step: step.id, reused });
        bus.emit({ type: 'step', runId: id, step });
        return tellProgress.push(null);
      }
      case 'progress':
        progress = reduceProgress(progress, {
          type: 'moved',
          step: message.step,
          fraction: message.fraction,
        });
        if (current?.id === message.step)
          current = { ...current, fraction: message.fraction, message: message.message ?? current.message };
        return tellProgress.push(null);
      case 'log':
        return logs.add({
          at: message.at,
          step: message.step,
          attempt,
          level: message.level,
          message: message.message,
        });
      case 'curve':
        bus.emit({ ...message, runId: id });
        return;
      case 'succeeded':
        end(asked === null ? { status: 'succeeded' } : askedEnding());
        return child.send({ type: 'committed', seq: message.seq });
      case 'failed':
        if (message.step) {
          current = null;
          putStep(message.step);
        }
        end(asked === null ? { status: 'failed', error: message.error } : askedEnding());
        return child.send({ type: 'committed', seq: message.seq });
    }
  };

  const askedEnding = (): Ending =>
    asked === 'cancel'
      ? { status: 'cancelled' }
      : {
          status: 'interrupted',
          error: interruptedError('The app was closed while this run was executing.', {
            reason: 'app-closed',
          }),
        };

  const onExit = (exit: ProcessExit): void => {
    if (killTimer) clearTimeout(killTimer);
    if (!ended) {
      if (asked === null && lastWords.trim() !== '') log('error', lastWords.trim());
      end(
        asked === null
          ? { status: 'failed', error: diedError(exit, lastWords, progress.current) }
          : askedEnding(),
      );
    }
    logs.flush();
    parts.onExited(pid);
    exited.resolve(undefined);
  };

  const stop = (why: 'cancel' | 'interrupt'): void => {
    if (ended || asked !== null) return;
    asked = why;
    child.terminate();
    killTimer = setTimeout(() => child.kill(), timings.graceMs);
  };

  child.onOutput((text) => {
    lastWords = (lastWords + text).slice(-lastWordsLength);
  });
  child.onMessage((raw) => {
    pid = child.pid ?? pid;
    if (ended) return;
    const parsed = fromRunSchema.safeParse(raw);
    if (parsed.success) return receive(parsed.data);
    log('error', `The run process sent a message that is not understood: ${parsed.error.message}`);
    end({
      status: 'failed',
      error: { code: 'internal', message: 'The run process sent a message that is not understood.' },
    });
    child.kill();
  });
  child.onExit(onExit);
  child.send(parts.start);

  return {
    id,
    attempt,
    live,
    log,
    cancel: () => stop('cancel'),
    interrupt: () => stop('interrupt'),
    exited: exited.promise,
  };
}
