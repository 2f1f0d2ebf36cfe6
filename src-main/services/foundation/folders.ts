/** @file Where foundation models lie: the user's folder, and the one that came with the app. */
import path from 'node:path';
import envPaths from 'env-paths';
import { resourcesFolder } from '../../recipes/resources-folder.ts';

/** Run processes inherit it, so a folder chosen on the command line holds for them too. */
export const modelsVariable = 'VOLTCAST_MODELS';

/** Beside the default workspace and not in it: a model of half a gigabyte serves every workspace. */
export const modelsFolder = (): string =>
  path.resolve(process.env[modelsVariable] ?? path.join(envPaths('Voltcast', { suffix: '' }).data, 'models'));

/** `models/` of the app lies beside its `resources/`, in the sources and in an installed app alike. */
export const builtInFolder = (): string => path.join(resourcesFolder(), '..', 'models');
