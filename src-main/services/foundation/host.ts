/** @file The foundation models of this machine, as models ask for them. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationHost, FoundationIdentity, OpenChronos2 } from '../../models/chronos/foundation.ts';
import { parseChronos2Config } from '../../models/chronos/config.ts';
import { parametersOf } from '../../models/chronos/parameters.ts';
import { Chronos2Runner } from '../../models/chronos/runner.ts';
import type { Checkpoint } from '../../models/chronos/runner.ts';
import type { InferenceSession } from '../../tensor/session.ts';
import type { ObjectStore } from '../../workspace/types.ts';
import { checkpointOf, loadWeights, readCheckpoint, readConfig } from '../chronos-checkpoint.ts';
import { listModels } from './library.ts';
import type { InstalledModel, LibraryFolders } from './library.ts';
import { officialModels } from './names.ts';
import { isPathLike, libraryFolders, openFoundationModel, weightsFingerprint } from './open.ts';

/** What `auto` prefers, where it is installed: the largest first. */
const preferred = officialModels.filter(({ kind }) => kind === 'chronos-2').map(({ name }) => name);

export interface HostOptions {
  /** of ONNX Runtime within one operator; default: its own choice */
  readonly threads?: number;
  readonly folders?: LibraryFolders;
  /** where runs store what they trained; absent: such models cannot be opened */
  readonly objects?: Pick<ObjectStore, 'path'>;
}

export function createFoundationHost({ threads, folders, objects }: HostOptions = {}): FoundationHost {
  const fingerprints = new Map<string, string>();
  const fingerprint = (model: InstalledModel): string => {
    const known = fingerprints.get(model.folder) ?? weightsFingerprint(model);
    fingerprints.set(model.folder, known);
    return known;
  };
  const found = (identity: FoundationIdentity): InstalledModel => {
    const model = findChronos2(identity.name, folders);
    if (fingerprint(model) !== identity.fingerprint) throw changed(identity, model);
    return model;
  };
  const session: InferenceSession.SessionOptions = {
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // waiting threads would take the cores from what runs beside them
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const open = (checkpoint: Checkpoint): OpenChronos2 => {
    const runner = new Chronos2Runner(checkpoint, session);
    return { runner, config: checkpoint.config, device: 'cpu', close: () => runner.close() };
  };
  return {
    identify(reference) {
      const model = findChronos2(reference, folders);
      return { name: isPathLike(reference) ? model.folder : model.name, fingerprint: fingerprint(model) };
    },
    async openChronos2(identity) {
      return open(readCheckpoint(found(identity).folder));
    },
    async openTuned({ config, weights }) {
      if (typeof weights !== 'string') return open(inMemory(config, weights));
      if (objects === undefined)
        throw new AppError({
          code: 'internal',
          message: 'What a run trained cannot be opened without its store.',
        });
      return open(checkpointOf(config, objects.path(weights)));
    },
    loadChronos2(identity) {
      const { folder } = found(identity);
      const config = readConfig(folder) as Record<string, unknown>;
      return { config, weights: loadWeights(readCheckpoint(folder)), session, device: 'cpu' };
    },
  };
}

function inMemory(json: unknown, weights: ReadonlyMap<string, Float32Array>): Checkpoint {
  const config = parseChronos2Config(json);
  const tensors = parametersOf(config).map(({ name, shape }) => {
    const { buffer, byteOffset, byteLength } = weights.get(name)!;
    return [
      name,
      { type: 'float32', dims: shape, data: new Uint8Array(buffer, byteOffset, byteLength) },
    ] as const;
  });
  return { config, tensors: new Map(tensors), folder: null };
}

/**
 * The model a recipe names, or the best of those here for `auto`; its weights are not read.
 * @throws AppError `model-not-installed`, `model-damaged`, `model-unsupported`
 */
export function findChronos2(reference: string, folders: LibraryFolders = libraryFolders()): InstalledModel {
  const model = openFoundationModel(reference === 'auto' ? best(folders) : reference, { folders });
  if (model.kind === 'chronos-2') return model;
  throw new AppError({
    code: 'model-unsupported',
    message: `${model.name} is a ${model.kind} model, and this job needs a Chronos-2 one.`,
    hint: 'Name another in model.params.checkpoint.',
    place: { key: 'model.params.checkpoint' },
  });
}

/** Where none is installed, the official one is named: its absence says how to get it. */
function best(folders: LibraryFolders): string {
  const usable = listModels(folders).filter(({ kind, problem }) => kind === 'chronos-2' && problem === null);
  const named = preferred.find((name) => usable.some((model) => model.name === name));
  return named ?? (usable.find(({ builtIn }) => builtIn) ?? usable[0])?.name ?? preferred[0]!;
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
