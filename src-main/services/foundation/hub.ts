/** @file What the hub has under a name. Its answers are taken for hostile: bounded, checked, and no path leaves its folder. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationKind, Licence } from '../../../src-preload/contract/index.ts';
import type { RemoteFile } from './download.ts';
import { configName, filesNeeded, isInside, isWeights, kindOf } from './kind.ts';
import { licenceOfCard } from './licence.ts';
import type { HubName } from './names.ts';
import type { HubConnection } from './network.ts';

/** A model as the hub offers it, with the files that Voltcast wants of it. */
export interface Offer {
  readonly name: HubName;
  readonly commit: string;
  readonly kind: FoundationKind;
  readonly licence: Licence;
  readonly files: readonly (RemoteFile & { readonly path: string })[];
  readonly bytes: number;
}

const maxAnswerBytes = 8 << 20;
const maxTextBytes = 4 << 20;
/** Far above the largest model that runs here: a size that somebody made up. */
export const maxModelBytes = 50e9;
const silenceMs = 30_000;

const whole = z.number().int().nonnegative();
const answerSchema = z.looseObject({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  cardData: z.unknown(),
  tags: z.array(z.string()).nullish().catch(null),
  siblings: z
    .array(
      z.looseObject({
        rfilename: z.string().min(1),
        size: whole.nullish(),
        blobId: z.string().nullish(),
        lfs: z.looseObject({ sha256: z.string(), size: whole }).nullish(),
      }),
    )
    .max(20_000),
});
type Sibling = z.infer<typeof answerSchema>['siblings'][number];

/**
 * Asks for the model and its config.json (a kilobyte).
 * @throws AppError `hub-unreachable`, `hub-answer`, `model-not-on-hub`, `model-kind-unsupported`, `checkpoint-incomplete`,
 *   `download-wrong`, `download-cancelled`
 */
export async function lookUp(hub: HubConnection, name: HubName, signal?: AbortSignal): Promise<Offer> {
  const { id, revision } = name;
  const url = `${hub.endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const bytes = await fetchWhole(hub, url, maxAnswerBytes, name, signal);
  const parsed = answerSchema.safeParse(parseJson(bytes, url));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw answer(url, `${issue.path.join('.') || 'the answer'}: ${issue.message}`);
  }
  const { sha: commit, siblings, cardData, tags } = parsed.data;
  const strange = siblings.find(({ rfilename }) => !isInside(rfilename));
  if (strange !== undefined)
    throw answer(
      url,
      `it names a file outside of the model's folder (${JSON.stringify(strange.rfilename.slice(0, 80))})`,
    );
  const there = new Map(siblings.map((file) => [file.rfilename, file]));
  if (!there.has(configName))
    throw new AppError({
      code: 'model-kind-unsupported',
      message: `${id} has no ${configName}, so Voltcast cannot tell what it is.`,
      hint: 'Voltcast runs Chronos-2, Chronos-Bolt and Chronos-T5.',
    });
  const remote = (path: string): Offer['files'][number] => ({
    path,
    url: `${hub.endpoint}/${id}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
    ...checksumOf(there.get(path)!, url),
  });
  const config = remote(configName);
  const kind = kindOf(parseJson(await fetchChecked(hub, config, name, signal), config.url), id);
  const files = filesNeeded(kind, [...there.keys()], id)
    .map(remote)
    // a card of many megabytes is not worth its way; the rest is needed
    .filter(({ path, size }) => isWeights(path) || size <= maxTextBytes || path === configName);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > maxModelBytes)
    throw answer(
      url,
      `it says that the model has ${Math.round(total / 1e9)} GB, far more than any that runs here`,
    );
  return { name, commit, kind, licence: licenceOf(cardData, tags ?? []), files, bytes: total };
}

function checksumOf(
  { rfilename, size, blobId, lfs }: Sibling,
  url: string,
): Pick<RemoteFile, 'size' | 'hash'> {
  if (lfs && /^[0-9a-f]{64}$/.test(lfs.sha256))
    return { size: lfs.size, hash: { kind: 'sha256', hex: lfs.sha256 } };
  if (!lfs && typeof size === 'number' && blobId && /^[0-9a-f]{40}$/.test(blobId))
    return { size, hash: { kind: 'git', hex: blobId } };
  throw answer(url, `it tells no size or no checksum of ${rfilename}`);
}

function licenceOf(cardData: unknown, tags: readonly string[]): Licence {
  const licence = licenceOfCard(cardData);
  const tag = tags.find((one) => one.startsWith('license:'))?.slice('license:'.length);
  return licence.id === null && tag !== undefined ? licenceOfCard({ license: tag }) : licence;
}

async function fetchChecked(
  hub: HubConnection,
  { url, size, hash, path }: Offer['files'][number],
  name: HubName,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const wrong = (what: string): AppError =>
    new AppError({
      code: 'download-wrong',
      message: `${path} of ${name.id} is not what it should be: ${what}.`,
      hint: 'Try again; if it stays so, the mirror is damaged or somebody changes what it sends.',
    });
  if (size > maxTextBytes) throw wrong(`it has ${size} bytes`);
  const bytes = await fetchWhole(hub, url, size, name, signal);
  const digest =
    hash.kind === 'git'
      ? createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes)
      : createHash('sha256').update(bytes);
  if (digest.digest('hex') !== hash.hex) throw wrong('its checksum is not the one the hub announced');
  return bytes;
}

/** @param most bytes; more is an error and not read to its end */
async function fetchWhole(
  hub: HubConnection,
  url: string,
  most: number,
  name: HubName,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const silence = AbortSignal.timeout(silenceMs);
  let response: Response;
  try {
    response = await hub.fetch(url, {
      signal: signal === undefined ? silence : AbortSignal.any([signal, silence]),
      headers: { accept: 'application/json, */*;q=0.5', 'accept-encoding': 'identity' },
    });
    if (response.ok && response.body !== null) {
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of response.body) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > most) throw answer(url, `it sends more than the ${most} bytes that were to be expected`);
      }
      return Buffer.concat(chunks);
    }
    await response.body?.cancel();
  } catch (thrown) {
    if (signal?.aborted === true)
      throw new AppError({ code: 'download-cancelled', message: `Asking for ${name.id} was cancelled.` });
    if (thrown instanceof AppError) throw thrown;
    throw unreachable(hub.endpoint, thrown, silence.aborted);
  }
  if ([401, 403, 404].includes(response.status)) throw absent(hub.endpoint, name, response.status);
  throw answer(url, `status ${response.status}`);
}

function parseJson(bytes: Uint8Array, url: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    const isPage = /^\s*</.test(Buffer.from(bytes.subarray(0, 100)).toString('latin1'));
    throw answer(url, isPage ? 'it sent a page and not JSON' : 'it sent something that is not JSON');
  }
}

const absent = (endpoint: string, { id, revision }: HubName, status: number): AppError =>
  new AppError({
    code: 'model-not-on-hub',
    message: `${endpoint} has no model ${id} in revision ${revision}, or shows it to some accounts only (status ${status}).`,
    hint: 'Check the name. A model with conditions: accept them on its page, and set HF_TOKEN to a token of your account.',
    details: { status },
  });

const answer = (url: string, what: string): AppError =>
  new AppError({
    code: 'hub-answer',
    message: `${new URL(url).host} does not answer as the hub does: ${what}.`,
    hint: `Look at ${url} in a browser: the network may ask for a login, or the address of the mirror may be wrong.`,
  });

/** What fetch says in its own words is "fetch failed"; why is in its causes. */
function unreachable(endpoint: string, thrown: unknown, silent: boolean): AppError {
  const { cause, message } = thrown as Error;
  const inner = cause instanceof AggregateError ? (cause.errors[0] as Error) : (cause as Error | undefined);
  const why = silent ? `nothing came for ${silenceMs / 1000} s` : (inner?.message ?? message);
  return new AppError({
    code: 'hub-unreachable',
    message: `${endpoint} cannot be reached: ${why}.`,
    hint: 'Behind a proxy, or where a mirror is to be used: --proxy URL, --mirror URL, or the settings. Without internet: voltcast models add FOLDER_OR_ARCHIVE',
  });
}
