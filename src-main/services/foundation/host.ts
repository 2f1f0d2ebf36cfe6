/** @file The foundation models of this machine, as models ask for them. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationHost, FoundationIdentity } from '../../models/chronos/foundation.ts';
import { Chronos2Runner } from '../../models/chronos/runner.ts';
import { readCheckpoint } from '../chronos-checkpoint.ts';
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
}

export function createFoundationHost({ threads, folders }: HostOptions = {}): FoundationHost {
  const fingerprints = new Map<string, string>();
  const fingerprint = (model: InstalledModel): string => {
    const known = fingerprints.get(model.folder) ?? weightsFingerprint(model);
    fingerprints.set(model.folder, known);
    return known;
  };
  return {
    identify(reference) {
      const model = findChronos2(reference, folders);
      return { name: isPathLike(reference) ? model.folder : model.name, fingerprint: fingerprint(model) };
    },
    async openChronos2(identity) {
      const model = findChronos2(identity.name, folders);
      if (fingerprint(model) !== identity.fingerprint) throw changed(identity, model);
      const checkpoint = readCheckpoint(model.folder);
      const runner = new Chronos2Runner(checkpoint, {
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        // waiting threads would take the cores from what runs beside them
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
      return { runner, config: checkpoint.config, device: 'cpu', close: () => runner.close() };
    },
  };
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
