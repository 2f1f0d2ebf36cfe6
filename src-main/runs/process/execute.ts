/** @file Runs the steps in order. A step whose key is known and whose outputs are whole is taken as it is. */
import { AppError, toErrorData } from '../../../src-preload/contract/index.ts';
import type { ArtifactRef, ErrorData, StepView } from '../../../src-preload/contract/index.ts';
import type { DeviceTrials } from '../../models/device-use.ts';
import { isIntact } from '../../workspace/object-store.ts';
import type { ObjectStore, StepRecord } from '../../workspace/types.ts';
import { codeFingerprint } from '../code-fingerprint.ts';
import type { RunSpec, StepDefinition } from '../step.ts';
import { stepKey } from '../step-key.ts';
import type { Port } from './port.ts';
import { openStep } from './step-context.ts';
import type { TrainingStates } from './training-states.ts';

/** A step failed; the view is what the screen shows of it. */
export class StepFailure extends Error {
  readonly step: StepView;
  readonly error: ErrorData;
  constructor(step: StepView, error: ErrorData, cause: unknown) {
    super(error.message, { cause });
    this.step = step;
    this.error = error;
  }
}

interface Execution {
  readonly spec: RunSpec;
  readonly objects: ObjectStore;
  readonly port: Pick<Port, 'send' | 'findStep' | 'commit'>;
  /** artifacts by name, of all steps so far; a later step may write a name anew */
  readonly artifacts: Map<string, ArtifactRef>;
  readonly deviceTrials?: DeviceTrials | null;
  readonly trainingStates?: TrainingStates | null;
}

/** @throws StepFailure */
export async function executeSteps(
  pipeline: readonly StepDefinition[],
  parts: Omit<Execution, 'artifacts'>,
): Promise<void> {
  const execution: Execution = { ...parts, artifacts: new Map() };
  parts.port.send({ type: 'plan', steps: pipeline.map(({ id, weight }) => ({ id, weight })) });
  for (const step of pipeline) await executeStep(step, execution);
}

async function executeStep(definition: StepDefinition, execution: Execution): Promise<void> {
  const { spec, objects, port, artifacts, deviceTrials = null, trainingStates = null } = execution;
  const startedAt = Date.now();
  const since = performance.now();
  let view: StepView = {
    id: definition.id,
    status: 'running',
    startedAt,
    durationMs: null,
    fraction: 0,
    message: null,
    inputs: [],
    outputs: [],
    error: null,
  };
  const earlier = { id: definition.id, spec, objects, earlier: artifacts, port, deviceTrials };
  let open = openStep(earlier);
  try {
    view = { ...view, inputs: definition.inputs.map((name) => open.context.artifact(name)) };
    const key = definition.reusable ? keyOf(definition, spec, view.inputs) : null;
    if (key !== null && trainingStates !== null)
      open = openStep({ ...earlier, resumable: trainingStates.of(key) });
    const known = key === null ? null : await findIntact(key, execution);
    if (known) {
      view = { ...view, status: 'reused', durationMs: 0, fraction: null, outputs: [...known.outputs] };
      await port.commit({
        type: 'step-finished',
        step: view,
        record: null,
        artifacts: userOutputs(known.outputs, new Set(known.user)),
        result: null,
      });
    } else {
      port.send({ type: 'step-started', step: view });
      await definition.run(open.context);
      open.close();
      const outputs = [...open.outputs.values()];
      view = { ...view, status: 'succeeded', durationMs: performance.now() - since, fraction: null, outputs };
      await port.commit({
        type: 'step-finished',
        step: view,
        record: key === null ? null : { key, outputs, user: [...open.user] },
        artifacts: userOutputs(outputs, open.user),
        result: open.result(),
      });
      if (key !== null) trainingStates?.remove(key);
    }
    for (const output of view.outputs) artifacts.set(output.name, output);
  } catch (thrown) {
    open.close();
    const error = explain(thrown);
    const durationMs = performance.now() - since;
    throw new StepFailure(
      { ...view, status: 'failed', durationMs, fraction: null, outputs: [], error },
      error,
      thrown,
    );
  }
}

const keyOf = (definition: StepDefinition, spec: RunSpec, inputs: readonly ArtifactRef[]): string =>
  stepKey({
    id: definition.id,
    version: definition.version,
    code: codeFingerprint(),
    params: definition.params(spec),
    inputs,
  });

async function findIntact(key: string, { port, objects }: Execution): Promise<StepRecord | null> {
  const record = await port.findStep(key);
  if (!record) return null;
  const damaged = record.outputs.filter((output) => !isIntact(objects, output.hash));
  if (damaged.length === 0) return record;
  port.send({
    type: 'log',
    at: Date.now(),
    step: null,
    level: 'warn',
    message: `Stored output ${damaged.map((output) => output.name).join(', ')} is missing or damaged: the step runs again.`,
  });
  return null;
}

const userOutputs = (outputs: readonly ArtifactRef[], user: ReadonlySet<string>): ArtifactRef[] =>
  outputs.filter((output) => user.has(output.name));

/** Memory that ran out inside a step, without ending the process, arrives as an ordinary error. */
export function explain(thrown: unknown): ErrorData {
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  const isOutOfMemory =
    code === 'ERR_WORKER_OUT_OF_MEMORY' ||
    (thrown instanceof RangeError &&
      /allocation failed|invalid (typed )?array length/i.test(String(message)));
  if (!isOutOfMemory) return toErrorData(thrown);
  return new AppError({
    code: 'out-of-memory',
    message: `The step needs more memory than there is (${String(message)}).`,
    hint: 'Close other programs, run fewer side by side (Settings), or use fewer features or rows; then resume.',
  }).toData();
}
