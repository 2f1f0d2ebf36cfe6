/** @file What a step is. The engine runs steps in order, stores what they write by hash, and finds finished ones by key. */
import type {
  ArtifactRef,
  DatasetVersion,
  Profile,
  Recipe,
  StepId,
} from '../../src-preload/contract/index.ts';
import type { DeviceTrials } from '../models/device-use.ts';
import type { Resumable } from '../models/estimator.ts';
import type { ContentHash, ObjectStore, RunResult } from '../workspace/types.ts';

/** A finished run that another one continues: what it left, by hash. */
export interface ContinuedRun {
  readonly runId: string;
  readonly recipeName: string;
  /** fitted on the rows before its test */
  readonly model: ContentHash;
  /** where its test began, and on which grid */
  readonly split: ContentHash;
  readonly frame: ContentHash;
  /** fitted on all its rows */
  readonly final: ContentHash;
}

/** What is fixed for the whole run. */
export interface RunSpec {
  readonly runId: string;
  readonly recipeName: string;
  readonly recipeText: string;
  readonly recipe: Recipe;
  readonly dataset: DatasetVersion;
  readonly profile: Profile;
  /** Parquet object of the dataset version */
  readonly table: ContentHash;
  /** worker threads this run may use */
  readonly threads: number;
  /** what `training.continueFrom` names; absent: nothing */
  readonly continued?: ContinuedRun | null;
}

export interface StepContext {
  readonly spec: RunSpec;
  readonly objects: ObjectStore;
  /** An artifact of this or an earlier step. @throws AppError `artifact-missing` */
  artifact(name: string): ArtifactRef;
  /** content of {@link artifact} */
  read(name: string): Uint8Array;
  readJson(name: string): unknown;
  /** Stored by hash; part of the step's outputs. `user: true` lists it among the run's artifacts. */
  write(name: string, content: Uint8Array, options?: { user?: boolean }): ArtifactRef;
  writeJson(name: string, content: unknown, options?: { user?: boolean }): ArtifactRef;
  /** 0..1 of this step */
  progress(fraction: number, message?: string): void;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  curve(name: string, x: number, y: number): void;
  /** Only in `record`: hands the figures to the service, which stores them durably before the step counts as finished. */
  recordResult(result: RunResult): void;
  /** what earlier runs measured about this machine's graphics card; absent: nothing is kept */
  readonly deviceTrials?: DeviceTrials | null;
  /** where a long fit puts down what it has reached; absent: it begins anew in the next attempt */
  readonly resumable?: Resumable | null;
}

export interface StepDefinition {
  readonly id: StepId;
  /** Raise when the step's code changes its result: finished steps of the older version are not reused. */
  readonly version: number;
  /** Share of the run's time, for progress and time left; relative to the other steps. */
  readonly weight: number;
  /** Names of earlier artifacts this step reads; their hashes are part of its key. */
  readonly inputs: readonly string[];
  /** The part of the run's specification that decides the result (canonical JSON is part of the key). */
  params(spec: RunSpec): unknown;
  /** false: runs every time (record, notify) */
  readonly reusable: boolean;
  run(context: StepContext): Promise<void>;
}
