/** @file A model of the hub becomes a model of the library: asked for, agreed to, downloaded, checked, put in its place. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Licence, ModelJob } from '../../../src-preload/contract/index.ts';
import { downloadFile } from './download.ts';
import type { DownloadOptions } from './download.ts';
import { lookUp } from './hub.ts';
import type { Offer } from './hub.ts';
import { findModel } from './library.ts';
import type { InstalledModel, LibraryFolders } from './library.ts';
import type { HubName } from './names.ts';
import type { HubConnection } from './network.ts';
import { finish, removeRests, requireSpace, withStaging } from './staging.ts';

export type Report = (phase: ModelJob['phase'], bytes: number, totalBytes: number | null) => void;

export interface HubAddition {
  readonly name: HubName;
  readonly hub: HubConnection;
  readonly folders: LibraryFolders;
  readonly acceptLicence: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** how a broken line is taken up again */
  readonly retry?: Pick<DownloadOptions, 'attempts' | 'pauseMs' | 'silenceMs'>;
}

/**
 * @returns false: this commit is here already, whole
 * @throws AppError `licence-not-accepted`, `disk-full`, `model-busy`, and those of {@link lookUp}, {@link downloadFile} and the
 *   checkpoint
 */
export async function addFromHub(options: HubAddition): Promise<boolean> {
  const { name, hub, folders, signal, report } = options;
  report('asking', 0, null);
  const offer = await lookUp(hub, name, signal);
  if (isHere(offer, folders)) return false;
  requireAgreement(name.id, offer.licence, options.acceptLicence);
  await withStaging(folders, name.id, offer.commit.slice(0, 12), async (staging) => {
    await requireSpace(folders, Math.max(0, offer.bytes - bytesIn(staging)), name.id);
    await download(offer, staging, options);
    report('checking', offer.bytes, offer.bytes);
    const known = new Map(
      offer.files.flatMap((file) =>
        file.hash.kind === 'sha256' ? [[file.path, file.hash.hex] as const] : [],
      ),
    );
    const about = {
      name: name.id,
      kind: offer.kind,
      revision: name.revision,
      commit: offer.commit,
      licence: offer.licence,
      source: { from: 'hub' as const, name: hub.endpoint },
    };
    try {
      await finish(staging, folders, about, known, signal);
    } catch (thrown) {
      // the bytes are those of the hub, so getting them again would change nothing
      if (!signal.aborted) rmSync(staging, { recursive: true, force: true });
      throw thrown;
    }
  });
  removeRests(folders, name.id);
  return true;
}

async function download(
  offer: Offer,
  staging: string,
  { hub, signal, report, retry }: HubAddition,
): Promise<void> {
  let before = 0;
  report('downloading', 0, offer.bytes);
  for (const file of offer.files) {
    await downloadFile(file, path.join(staging, ...file.path.split('/')), {
      ...retry,
      signal,
      fetch: hub.fetch,
      progress: (bytes) => report('downloading', before + bytes, offer.bytes),
    });
    before += file.size;
  }
}

/** The commit is here; a damaged model is not. */
export function isHere(offer: Offer, folders: LibraryFolders): boolean {
  let found: InstalledModel | null;
  try {
    found = findModel(offer.name.id, folders);
  } catch {
    return false;
  }
  return found !== null && !found.builtIn && found.manifest?.commit === offer.commit;
}

/** @throws AppError `licence-not-accepted` */
export function requireAgreement(name: string, licence: Licence, accepted: boolean): void {
  if (licence.permissive || accepted) return;
  throw new AppError({
    code: 'licence-not-accepted',
    message:
      licence.id === null
        ? `${name} says nothing about its licence.`
        : `${name} is under the licence "${licence.name ?? licence.id}", which may forbid some uses.`,
    hint: `Read it${licence.link === null ? " on the model's page" : ` (${licence.link})`}; if you accept it: --accept-license`,
    details: { licence },
  });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
