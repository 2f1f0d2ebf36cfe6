/** @file The workspace as services see it. All SQL stays behind this interface. Every write is durable when it returns. */
import type {
  AppEvent,
  ArtifactRef,
  Baseline,
  DatasetSummary,
  DatasetVersion,
  ErrorData,
  Experiment,
  Forecast,
  ForecastSummary,
  LogLine,
  Metrics,
  Profile,
  Recipe,
  Report,
  RunDetail,
  RunStatus,
  RunSummary,
  Settings,
  StepId,
  StepStatus,
  StepView,
} from '../../src-preload/contract/index.ts';

/** `sha256` hex of the content. */
export type ContentHash = string;

export interface ObjectStore {
  /** Temporary file in the same folder, fsync, rename. Storing the same content twice is one object. */
  put(content: Uint8Array): ArtifactRefHash;
  /**
   * Moves a finished file in (same guarantees); the source is gone afterwards.
   * @param written what its writer, which has synced it, says of it; else it is read again for its hash
   */
  putFile(file: string, written?: ArtifactRefHash): ArtifactRefHash;
  /** @throws AppError `object-missing`, or `object-corrupt` when the content does not match its hash */
  get(hash: ContentHash): Uint8Array;
  /** Path of a verified object, for readers that need a file (Parquet). Verified once per process. */
  path(hash: ContentHash): string;
  has(hash: ContentHash): boolean;
}
export interface ArtifactRefHash {
  readonly hash: ContentHash;
  readonly bytes: number;
}

export interface NewDatasetVersion {
  readonly version: Omit<DatasetVersion, 'version' | 'importedAt'>;
  readonly profile: Profile;
  /** Parquet object: `__time` (Float64, UTC ms, interval beginning), `__series` (text, long form only), then the columns */
  readonly table: ContentHash;
}

export interface NewRun {
  readonly recipeName: string;
  readonly recipeText: string;
  readonly recipe: Recipe;
  readonly dataset: string;
  readonly datasetVersion: number;
  readonly experiment: string;
  readonly tags: Record<string, string>;
  /** a rerun or a resume looks for finished steps by key, so this is for lineage only */
  readonly parentRunId: string | null;
}

export interface RunResult {
  readonly metrics: Metrics;
  readonly skill: number | null;
  readonly baseline: Baseline | null;
  readonly splitKey: string;
  readonly horizon: number | null;
  readonly thresholds: RunDetail['thresholds'];
  /** what the run found out about itself, shown among its parameters: no part of its recipe */
  readonly facts?: Readonly<Record<string, string>>;
}

/** What a finished step left behind, found again by its key: hash of step, code version, parameters and input hashes. */
export interface StepRecord {
  readonly key: string;
  readonly outputs: readonly ArtifactRef[];
  /** names of the outputs that a run lists among its artifacts */
  readonly user?: readonly string[];
}

/** All that a finished step changes, committed at once: a kill leaves all of it or nothing. */
export interface FinishedStep {
  readonly runId: string;
  readonly attempt: number;
  readonly step: StepView;
  /** null for steps that run every time, and for reused ones */
  readonly record: StepRecord | null;
  /** the outputs to list among the run's artifacts */
  readonly artifacts: readonly ArtifactRef[];
  readonly result: RunResult | null;
}

export interface Workspace {
  readonly path: string;
  readonly readOnly: boolean;
  /** process that holds the write lock when this is read-only */
  readonly ownerPid: number | null;
  readonly objects: ObjectStore;
  readonly schemaVersion: number;
  close(): void;
  /** `PRAGMA integrity_check` and foreign keys */
  checkHealth(): { ok: boolean; message: string };
  freeBytes(): number | null;

  // datasets
  addDatasetVersion(entry: NewDatasetVersion): { version: DatasetVersion; created: boolean };
  listDatasets(): DatasetSummary[];
  /** latest when `version` is undefined. @throws AppError `dataset-not-found` with the nearest name as hint */
  getDatasetVersion(
    dataset: string,
    version?: number,
  ): { version: DatasetVersion; profile: Profile; table: ContentHash };
  listDatasetVersions(dataset: string): DatasetVersion[];
  setTarget(dataset: string, target: string): DatasetVersion;
  /** refused with `dataset-in-use` while a run of it is queued or running; its finished runs go with it */
  deleteDataset(dataset: string): void;

  // runs
  createRun(run: NewRun): RunSummary;
  listRuns(filter: {
    experiment?: string;
    dataset?: string;
    status?: RunStatus;
    limit: number;
    offset: number;
  }): { runs: RunSummary[]; total: number };
  /** @throws AppError `run-not-found`; an unambiguous id prefix is accepted */
  getRun(id: string): RunDetail;
  /** what the run was asked to do, for the engine and for reruns */
  getRunRequest(id: string): NewRun & { readonly id: string };
  /** An artifact by name, user-visible or not: of the run, else of its steps' outputs (latest attempt first). */
  findArtifact(runId: string, name: string): ArtifactRef | null;
  /** ids of queued runs, the one that waits longest first */
  queuedRuns(): string[];
  /** refused with `run-active` while queued or running; its forecasts go with it */
  deleteRun(id: string): void;
  setRunStatus(
    id: string,
    status: RunStatus,
    more?: { error?: ErrorData | null; pid?: number | null; attempt?: number },
  ): RunSummary;
  heartbeat(id: string, pid: number): void;
  setRunProgress(id: string, fraction: number, etaMs: number | null, step: StepId | null): void;
  setRunResult(id: string, result: RunResult): void;
  setTags(id: string, tags: Record<string, string | null>): RunSummary;
  putStep(runId: string, attempt: number, step: StepView): void;
  finishStep(finished: FinishedStep): void;
  /** settles the steps an attempt leaves open when it ends */
  closeSteps(
    runId: string,
    attempt: number,
    running: StepStatus,
    pending: StepStatus,
    error: ErrorData | null,
  ): void;
  addLogs(runId: string, lines: readonly Omit<LogLine, 'seq'>[]): LogLine[];
  getLogs(runId: string, query: { step?: StepId; attempt?: number; after: number; limit: number }): LogLine[];
  addArtifact(runId: string, artifact: ArtifactRef): void;

  // finished steps
  findStep(key: string): StepRecord | null;
  recordStep(record: StepRecord): void;

  // experiments and champion
  listExperiments(): Experiment[];
  /** moves the alias; only a succeeded run can hold it. @throws AppError `run-not-succeeded` */
  promote(runId: string): RunSummary;
  championOf(experiment: string): RunSummary | null;

  // forecasts, reports, settings
  addForecast(forecast: Forecast): void;
  listForecasts(filter: { dataset?: string; runId?: string }): ForecastSummary[];
  getForecast(id: string): Forecast;
  addReport(report: Report): void;
  listReports(): Report[];
  getSettings(): Settings;
  setSettings(change: Partial<Settings>): Settings;
}

/** Services tell clients through this; the API layer forwards it to windows and streams. */
export interface EventBus {
  emit(event: AppEvent): void;
  on(listener: (event: AppEvent) => void): () => void;
}
