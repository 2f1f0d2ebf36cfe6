/** @file Events turned into what the run screens show. Pure: the same functions serve a live run, a reopened one and a test. */
import type { AppEvent, LogLine, RunDetail } from '../../src-preload/contract/index.ts';
import { assertNever } from '../../src-preload/contract/errors.ts';

export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}
export type Curves = Readonly<Record<string, Curve>>;

/** A run with everything that streams: its lines and the curves seen while training. */
export interface RunView {
  readonly run: RunDetail;
  /** ascending by `seq`, each once */
  readonly logs: readonly LogLine[];
  readonly curves: Curves;
  readonly deleted: boolean;
}

/** Older lines are dropped beyond this many: the screen must not eat the memory; `runs.logs` still has them. */
export const maxLogLines = 20_000;

/** The detail screen after one event; events of other runs leave it as it is. */
export function reduceRunView(view: RunView, event: AppEvent): RunView {
  const id = view.run.id;
  switch (event.type) {
    case 'run':
      return event.run.id === id ? { ...view, run: { ...view.run, ...event.run } } : view;
    case 'run-deleted':
      return event.runId === id ? { ...view, deleted: true } : view;
    case 'step': {
      if (event.runId !== id) return view;
      const steps = view.run.steps.map((step) => (step.id === event.step.id ? event.step : step));
      return { ...view, run: { ...view.run, steps } };
    }
    case 'log':
      return event.runId === id ? { ...view, logs: mergeLogs(view.logs, event.lines) } : view;
    case 'curve':
      return event.runId === id
        ? { ...view, curves: appendPoint(view.curves, event.name, event.x, event.y) }
        : view;
    case 'champion': {
      if (event.experiment !== view.run.experiment) return view;
      const champion = event.runId === id;
      return champion === view.run.champion ? view : { ...view, run: { ...view.run, champion } };
    }
    case 'dataset':
    case 'import-progress':
    case 'model-job':
      return view;
    default:
      return assertNever(event);
  }
}

/** Joins lines by `seq`: what was fetched and what streamed may overlap and come in any order. */
export function mergeLogs(old: readonly LogLine[], added: readonly LogLine[]): readonly LogLine[] {
  if (added.length === 0) return old;
  const last = old.at(-1)?.seq ?? -Infinity;
  const inOrder = added.every((line, i) => line.seq > (i === 0 ? last : added[i - 1].seq));
  if (inOrder) return capped([...old, ...added]);
  const bySeq = new Map<number, LogLine>();
  for (const line of old) bySeq.set(line.seq, line);
  for (const line of added) bySeq.set(line.seq, line);
  return capped([...bySeq.values()].sort((a, b) => a.seq - b.seq));
}

const capped = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.length > maxLogLines ? lines.slice(lines.length - maxLogLines) : lines;

/**
 * A point back at the first x means that training began anew (a retry): the curve starts over. A point in between is
 * one we already have, from another listener.
 */
export function appendPoint(curves: Curves, name: string, x: number, y: number): Curves {
  const old = curves[name] ?? { x: [], y: [] };
  const kind = placeOf(old.x, x);
  if (kind === 'known') return curves;
  const curve = kind === 'again' ? { x: [x], y: [y] } : { x: [...old.x, x], y: [...old.y, y] };
  return { ...curves, [name]: curve };
}

function placeOf(xs: readonly number[], x: number): 'next' | 'known' | 'again' {
  if (xs.length === 0 || x > xs[xs.length - 1]) return 'next';
  return x <= xs[0] && xs.length > 1 ? 'again' : 'known';
}

/** Curves by run from a batch, for runs that are watched before their page is opened. */
export function reduceCurves(
  byRun: Readonly<Record<string, Curves>>,
  events: readonly AppEvent[],
): Readonly<Record<string, Curves>> {
  const fresh = new Map<string, Map<string, { x: number[]; y: number[] }>>();
  for (const event of events) {
    if (event.type !== 'curve') continue;
    let curves = fresh.get(event.runId);
    if (!curves) fresh.set(event.runId, (curves = new Map()));
    let curve = curves.get(event.name);
    if (!curve) {
      const old = byRun[event.runId]?.[event.name];
      curves.set(event.name, (curve = { x: [...(old?.x ?? [])], y: [...(old?.y ?? [])] }));
    }
    const kind = placeOf(curve.x, event.x);
    if (kind === 'known') continue;
    if (kind === 'again') curve.x.length = curve.y.length = 0;
    curve.x.push(event.x);
    curve.y.push(event.y);
  }
  if (fresh.size === 0) return byRun;
  const result = { ...byRun };
  for (const [runId, curves] of fresh) result[runId] = { ...byRun[runId], ...Object.fromEntries(curves) };
  return result;
}
