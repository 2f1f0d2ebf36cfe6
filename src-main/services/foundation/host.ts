/** @file The foundation models of this machine, as models ask for them. */
import { AppError, foundationKinds } from '../../../src-preload/contract/index.ts';
import type { FoundationKind } from '../../../src-preload/contract/index.ts';
import { boltModel } from '../../models/chronos-bolt/series-model.ts';
import { BoltRunner } from '../../models/chronos-bolt/runner.ts';
import { t5Model } from '../../models/chronos-t5/series-model.ts';
import { parseChronos2Config } from '../../models/chronos/config.ts';
import type {
  FoundationHost,
  FoundationIdentity,
  OpenModel,
  Precision,
  Sampling,
} from '../../models/chronos/foundation.ts';
import { parametersOf } from '../../models/chronos/parameters.ts';
import type { NetworkUse } from '../../models/device-use.ts';
import { Chronos2Runner } from '../../models/chronos/runner.ts';
import type { Checkpoint } from '../../models/chronos/runner.ts';
import { chronos2Model } from '../../models/chronos/series-model.ts';
import type { SeriesModel } from '../../models/chronos/series-model.ts';
import type { SessionOptions } from '../../tensor/session.ts';
import { floatTensors } from '../../tensor/stored.ts';
import type { ObjectStore } from '../../workspace/types.ts';
import {
  asFloat16,
  asInt8,
  checkpointOf,
  loadWeights,
  readBoltCheckpoint,
  readCheckpoint,
  readConfig,
} from '../chronos-checkpoint.ts';
import { sessionOptions, weightType } from './session-options.ts';
import type { SessionRequest } from './session-options.ts';
import { listModels } from './library.ts';
import type { InstalledModel, LibraryFolders } from './library.ts';
import { officialModels } from './names.ts';
import { openT5 } from './t5-model.ts';
import { isPathLike, libraryFolders, openFoundationModel, weightsFingerprint } from './open.ts';

export interface HostOptions {
  /** of ONNX Runtime within one operator; default: its own choice */
  readonly threads?: number;
  readonly folders?: LibraryFolders;
  /** where runs store what they trained, asked when such a model is opened; null: it cannot be */
  readonly objects?: () => Pick<ObjectStore, 'path'> | null;
}

export function createFoundationHost({ threads, folders, objects }: HostOptions = {}): FoundationHost {
  const fingerprints = new Map<string, string>();
  const fingerprint = (model: InstalledModel): string => {
    const known = fingerprints.get(model.folder) ?? weightsFingerprint(model);
    fingerprints.set(model.folder, known);
    return known;
  };
  /** The model of these weights and no others. */
  const found = (identity: FoundationIdentity, kinds?: readonly FoundationKind[]): InstalledModel => {
    const model = findFoundation(identity.name, kinds, folders);
    if (fingerprint(model) !== identity.fingerprint) throw changed(identity, model);
    return model;
  };
  const sessionFor = (
    use: NetworkUse | null,
    name: string,
    { precision = 'auto', weights = 'fp32' }: Pick<Partial<SessionRequest>, 'precision' | 'weights'> = {},
  ): Promise<SessionOptions> => sessionOptions({ threads, use, model: name, precision, weights });
  const opened = (model: SeriesModel, runner: { close(): Promise<void> }): OpenModel => ({
    model,
    close: () => runner.close(),
  });
  const open = (checkpoint: Checkpoint, session: SessionOptions): OpenModel => {
    const runner = new Chronos2Runner(checkpoint, session);
    return opened(chronos2Model(runner), runner);
  };
  const openBolt = async (folder: string, name: string, use: NetworkUse | null): Promise<OpenModel> => {
    const checkpoint = readBoltCheckpoint(folder);
    const session = await sessionFor(use, name, { weights: weightType(checkpoint) });
    const runner = new BoltRunner(checkpoint, session);
    return opened(boltModel(runner), runner);
  };
  const openTokens = async (
    folder: string,
    sampling: Sampling,
    session: SessionOptions,
  ): Promise<OpenModel> => {
    const model = await openT5(folder, session);
    return opened(t5Model(model, sampling), model);
  };
  return {
    identify(reference, kinds) {
      const model = findFoundation(reference, kinds, folders);
      const name = isPathLike(reference) ? model.folder : model.name;
      return { name, fingerprint: fingerprint(model) };
    },
    kindOf: ({ name }) => findFoundation(name, foundationKinds, folders).kind,
    async openModel(identity, sampling, use, precision = 'auto') {
      const { kind, folder, name } = found(identity, foundationKinds);
      switch (kind) {
        case 'chronos-2': {
          const checkpoint = inPrecision(readCheckpoint(folder), precision);
          return open(
            checkpoint,
            await sessionFor(use, name, { precision, weights: weightType(checkpoint) }),
          );
        }
        case 'chronos-bolt':
          return await openBolt(folder, name, use);
        case 'chronos-t5':
          return await openTokens(folder, sampling, await sessionFor(onProcessor(use), name));
      }
    },
    async openTuned({ config, weights }, use, precision = 'auto') {
      const session = await sessionFor(use, 'trained further', { precision });
      if (typeof weights !== 'string') return open(inMemory(config, weights), session);
      const store = objects?.() ?? null;
      if (store === null)
        throw new AppError({
          code: 'internal',
          message: 'What a run trained cannot be opened without its store.',
        });
      return open(checkpointOf(config, store.path(weights)), session);
    },
    async loadChronos2(identity, use, precision = 'auto') {
      const { folder, name } = found(identity);
      const session = await sessionFor(use, name, { precision });
      const config = readConfig(folder) as Record<string, unknown>;
      return { config, weights: loadWeights(readCheckpoint(folder)), session };
    },
  };
}

/** Many short runs, whose data would go back and forth between a card and the library. */
const onProcessor = (use: NetworkUse | null): NetworkUse | null =>
  use && {
    log: (level, message) => use.log(level, message),
    ...(use.device
      ? { device: { ...use.device, choice: 'cpu', used: (name) => use.device?.used?.(name) } }
      : {}),
  };

function inMemory(json: unknown, weights: ReadonlyMap<string, Float32Array>): Checkpoint {
  const config = parseChronos2Config(json);
  return { config, tensors: floatTensors(parametersOf(config), weights), folder: null };
}

function inPrecision(checkpoint: Checkpoint, precision: Precision): Checkpoint {
  if (precision === 'fp16') return asFloat16(checkpoint);
  return precision === 'int8' ? asInt8(checkpoint) : checkpoint;
}

/**
 * The model a recipe names, or the best of those here for `auto`; its weights are not read.
 * @param kinds that will do; `auto` means one of the first
 * @throws AppError `model-not-installed`, `model-damaged`, `model-unsupported`
 */
export function findFoundation(
  reference: string,
  kinds: readonly FoundationKind[] = ['chronos-2'],
  folders: LibraryFolders = libraryFolders(),
): InstalledModel {
  const model = openFoundationModel(reference === 'auto' ? best(kinds[0]!, folders) : reference, { folders });
  if (kinds.includes(model.kind)) return model;
  throw new AppError({
    code: 'model-unsupported',
    message: `${model.name} is a ${model.kind} model, and this job needs a ${kinds.join(' or ')} one.`,
    hint: 'Name another in model.params.checkpoint.',
    place: { key: 'model.params.checkpoint' },
  });
}

/** What `auto` prefers of the official ones, where several are installed. */
const preferred: Readonly<Record<FoundationKind, readonly string[]>> = {
  'chronos-2': ['amazon/chronos-2'],
  'chronos-bolt': ['amazon/chronos-bolt-base', 'amazon/chronos-bolt-small', 'amazon/chronos-bolt-mini'],
  // larger ones take minutes on a processor
  'chronos-t5': ['amazon/chronos-t5-small'],
};

/** Where none is installed, an official one is named: its absence says how to get it. */
function best(wanted: FoundationKind, folders: LibraryFolders): string {
  const official = officialModels.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  const usable = listModels(folders).filter(({ kind, problem }) => kind === wanted && problem === null);
  const order = [...preferred[wanted], ...official.filter((name) => !preferred[wanted].includes(name))];
  const named = order.find((name) => usable.some((model) => model.name === name));
  return named ?? (usable.find(({ builtIn }) => builtIn) ?? usable[0])?.name ?? order[0]!;
}

const changed = ({ name, fingerprint }: FoundationIdentity, model: InstalledModel): AppError =>
  new AppError({
    code: 'model-changed',
    message: `The weights of ${name} are not those this model was made with (${fingerprint.slice(0, 12)}…).`,
    hint:
      (model.manifest?.commit ?? null) === null
        ? 'Put the earlier ones back, or run the recipe again.'
        : 'Get the earlier revision again with voltcast models add, or run the recipe again.',
    details: { model: name },
  });
