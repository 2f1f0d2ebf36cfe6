/** @file Foundation models as the API has them: what is here, what can be got, and what is on its way. */
import path from 'node:path';
import { AppError, toErrorData } from '../../../src-preload/contract/index.ts';
import type {
  AppEvent,
  FoundationModel,
  ModelJob,
  OfferedModel,
  Output,
  ParsedInput,
  Settings,
} from '../../../src-preload/contract/index.ts';
import { addFromFiles } from './add-from-files.ts';
import { addFromHub, isHere } from './add-from-hub.ts';
import type { HubAddition, Report } from './add-from-hub.ts';
import { lookUp } from './hub.ts';
import { listModels, removeModel } from './library.ts';
import type { LibraryFolders } from './library.ts';
import { createMeter } from './meter.ts';
import { hubNameOf, officialModels } from './names.ts';
import { connectHub } from './network.ts';
import type { HubConnection } from './network.ts';
import { removeRests } from './staging.ts';

export type AddedModel = Output<'models.add'>;

export interface FoundationService {
  library(): Output<'models.library'>;
  /** @throws AppError of the hub; `invalid-option` when it is no name */
  lookup(input: ParsedInput<'models.lookup'>): Promise<OfferedModel>;
  /** @throws AppError of the hub, the download, the files or the checkpoint; `model-busy` when the job is running already */
  add(input: ParsedInput<'models.add'>): Promise<AddedModel>;
  /** Gives up what is being added; what was downloaded is kept for the next try. */
  cancel(job: string): Promise<void>;
  /** @throws AppError `model-not-found`, `model-built-in` */
  remove(name: string): void;
  /** Gives up everything. */
  close(): void;
}

interface Deps {
  readonly folders: LibraryFolders;
  readonly version: string;
  readonly settings: () => Pick<Settings, 'proxy' | 'modelMirror'>;
  readonly emit: (event: AppEvent) => void;
  /** how a broken line is taken up again; default: of the download */
  readonly retry?: HubAddition['retry'];
}

/** More often nobody can read it. */
const toldEveryMs = 200;

interface Running {
  readonly abort: AbortController;
  state: ModelJob;
  ended: Promise<unknown>;
}

export function createFoundationService(deps: Deps): FoundationService {
  const { folders, version, settings, emit } = deps;
  const running = new Map<string, Running>();

  const connected = async <T>(
    { proxy, mirror }: { readonly proxy?: string | undefined; readonly mirror?: string | undefined },
    work: (hub: HubConnection) => Promise<T>,
  ): Promise<T> => {
    const own = settings();
    const hub = connectHub({ proxy: proxy ?? own.proxy, mirror: mirror ?? own.modelMirror }, version);
    try {
      return await work(hub);
    } finally {
      await hub.close();
    }
  };

  const model = (name: string): FoundationModel => {
    const found = listModels(folders).find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new AppError({ code: 'model-not-found', message: `The model ${name} has gone again.` });
  };

  const run = (entry: Running, input: ParsedInput<'models.add'>): Promise<AddedModel> => {
    const report = reporter(entry, emit);
    const { signal } = entry.abort;
    if (input.file !== undefined)
      return addFromFiles({ file: path.resolve(input.file), name: input.name, folders, signal, report }).then(
        ({ name, added }) => ({ ...model(name), added }),
      );
    const name = hubNameOf(input.model ?? '');
    return connected(input, (hub) =>
      addFromHub({
        name,
        hub,
        folders,
        acceptLicence: input.acceptLicence,
        signal,
        report,
        ...(deps.retry === undefined ? {} : { retry: deps.retry }),
      }),
    ).then((added) => ({ ...model(name.id), added }));
  };

  return {
    library: () => ({
      folder: folders.own,
      models: listModels(folders),
      official: [...officialModels],
      adding: [...running.values()].map(({ state }) => state),
    }),
    async lookup(input) {
      const name = hubNameOf(input.model);
      return await connected(input, async (hub) => {
        const offer = await lookUp(hub, name);
        const { commit, kind, licence, files, bytes } = offer;
        return {
          name: name.id,
          revision: name.revision,
          commit,
          kind,
          licence,
          files: files.map(({ path: file, size }) => ({ path: file, bytes: size })),
          bytes,
          installed: isHere(offer, folders),
        };
      });
    },
    async add(input) {
      const source = input.model ?? input.file;
      if (source === undefined || (input.model !== undefined && input.file !== undefined))
        throw new AppError({
          code: 'invalid-option',
          message: 'Name either a model of the hub or a folder or archive.',
        });
      const job = input.job ?? source;
      if (running.has(job))
        throw new AppError({
          code: 'model-busy',
          message: `${source} is being added already.`,
          hint: 'Wait until it is there, or cancel it.',
        });
      const entry: Running = {
        abort: new AbortController(),
        state: begun(job, input.model ?? path.basename(source)),
        ended: Promise.resolve(),
      };
      running.set(job, entry);
      const adding = run(entry, input);
      entry.ended = adding;
      try {
        const added = await adding;
        tell(entry, { phase: 'done', etaMs: null }, emit);
        return added;
      } catch (thrown) {
        tell(entry, { phase: 'failed', etaMs: null, bytesPerSecond: null, error: toErrorData(thrown) }, emit);
        throw thrown;
      } finally {
        running.delete(job);
      }
    },
    async cancel(job) {
      const entry = running.get(job);
      entry?.abort.abort();
      await Promise.allSettled([entry?.ended]);
    },
    remove(name) {
      const rests = removeRests(folders, name);
      try {
        removeModel(name, folders);
      } catch (thrown) {
        // all there was is a download that was given up
        if (!rests || !(thrown instanceof AppError) || thrown.code !== 'model-not-found') throw thrown;
      }
    },
    close() {
      for (const { abort } of running.values()) abort.abort();
    },
  };
}

const begun = (job: string, name: string): ModelJob => ({
  job,
  name,
  phase: 'asking',
  bytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  etaMs: null,
  error: null,
});

function tell(entry: Running, change: Partial<ModelJob>, emit: Deps['emit']): void {
  entry.state = { ...entry.state, ...change };
  emit({ type: 'model-job', job: entry.state });
}

function reporter(entry: Running, emit: Deps['emit']): Report {
  const meter = createMeter(() => entry.state.totalBytes);
  let told = -Infinity;
  return (phase, bytes, totalBytes) => {
    const now = performance.now();
    const isNew = phase !== entry.state.phase || totalBytes !== entry.state.totalBytes;
    entry.state = { ...entry.state, phase, bytes, totalBytes };
    if (!isNew && now - told < toldEveryMs) return;
    told = now;
    const isMoving = phase === 'downloading' || phase === 'reading';
    const speed = isMoving ? meter.at(bytes, now) : { bytesPerSecond: null, etaMs: null };
    tell(entry, speed, emit);
  };
}
