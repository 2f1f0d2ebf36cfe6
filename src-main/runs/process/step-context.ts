/** @file What a step sees while it runs: artifacts in, artifacts out, and a way to say how it is getting on. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ArtifactRef, StepId } from '../../../src-preload/contract/index.ts';
import type { DeviceTrials } from '../../models/device-use.ts';
import type { Resumable } from '../../models/estimator.ts';
import type { ObjectStore, RunResult } from '../../workspace/types.ts';
import type { RunSpec, StepContext } from '../step.ts';
import { runResultSchema } from './messages.ts';
import type { Port } from './port.ts';
import { createThrottle } from './throttle.ts';

/** at most ten a second, at least as many as a step reports up to that */
const progressEveryMs = 100;

export interface OpenStep {
  readonly context: StepContext;
  readonly outputs: ReadonlyMap<string, ArtifactRef>;
  /** names of outputs listed among the run's artifacts */
  readonly user: ReadonlySet<string>;
  result(): RunResult | null;
  /** no progress after this */
  close(): void;
}

export function openStep(parts: {
  id: StepId;
  spec: RunSpec;
  objects: ObjectStore;
  /** artifacts of earlier steps */
  earlier: ReadonlyMap<string, ArtifactRef>;
  port: Pick<Port, 'send'>;
  deviceTrials?: DeviceTrials | null;
  resumable?: Resumable | null;
}): OpenStep {
  const { id, spec, objects, earlier, port, deviceTrials = null, resumable = null } = parts;
  const outputs = new Map<string, ArtifactRef>();
  const user = new Set<string>();
  let result: RunResult | null = null;
  const progress = createThrottle<{ fraction: number; message: string | null }>(
    (at) => port.send({ type: 'progress', step: id, ...at }),
    progressEveryMs,
  );

  const artifact = (name: string): ArtifactRef => {
    const found = outputs.get(name) ?? earlier.get(name);
    if (found) return found;
    throw new AppError({
      code: 'artifact-missing',
      message: `Step "${id}" asks for the artifact "${name}", which no step before it has written.`,
      place: { key: name },
    });
  };
  const read = (name: string): Uint8Array => objects.get(artifact(name).hash);
  const write: StepContext['write'] = (name, content, options) => {
    const ref: ArtifactRef = { name, ...objects.put(content) };
    outputs.set(name, ref);
    if (options?.user) user.add(name);
    return ref;
  };
  const context: StepContext = {
    spec,
    objects,
    deviceTrials,
    resumable,
    artifact,
    read,
    write,
    readJson: (name) => JSON.parse(new TextDecoder().decode(read(name))) as unknown,
    writeJson: (name, content, options) =>
      write(name, new TextEncoder().encode(JSON.stringify(content)), options),
    progress: (fraction, message) =>
      progress.push({ fraction: Number.isFinite(fraction) ? fraction : 0, message: message ?? null }),
    log: (level, message) => port.send({ type: 'log', at: Date.now(), step: id, level, message }),
    curve: (name, x, y) => {
      // a diverged loss is a gap in the curve, not a broken message
      if (Number.isFinite(x) && Number.isFinite(y)) port.send({ type: 'curve', name, x, y });
    },
    recordResult: (figures) => {
      // JSON turns NaN and infinities into null, "does not apply", before the schema looks
      result = runResultSchema.parse(JSON.parse(JSON.stringify(figures)));
    },
  };
  return { context, outputs, user, result: () => result, close: () => progress.clear() };
}
