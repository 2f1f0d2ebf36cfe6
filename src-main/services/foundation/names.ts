/** @file Names of models: those of the hub, those of the library, and the official ones. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { OfficialModel } from '../../../src-preload/contract/index.ts';

/** float32 weights, so four bytes per parameter; the hub says the exact size */
const official = (
  name: string,
  kind: OfficialModel['kind'],
  parameters: number,
  megabytes = 4 * parameters,
): OfficialModel => ({ name, kind, parameters, bytes: megabytes * 1e6 });

/** The models that Voltcast is made for, as their publishers name them. */
export const officialModels: readonly OfficialModel[] = [
  official('amazon/chronos-2', 'chronos-2', 120, 478),
  official('autogluon/chronos-2-small', 'chronos-2', 28),
  official('amazon/chronos-bolt-tiny', 'chronos-bolt', 9),
  official('amazon/chronos-bolt-mini', 'chronos-bolt', 21),
  official('amazon/chronos-bolt-small', 'chronos-bolt', 48),
  official('amazon/chronos-bolt-base', 'chronos-bolt', 205),
  official('amazon/chronos-t5-tiny', 'chronos-t5', 8),
  official('amazon/chronos-t5-mini', 'chronos-t5', 20),
  official('amazon/chronos-t5-small', 'chronos-t5', 46, 185),
  official('amazon/chronos-t5-base', 'chronos-t5', 200),
];

export interface HubName {
  /** `owner/name` */
  readonly id: string;
  /** branch, tag or commit; default `main` */
  readonly revision: string;
}

// the hub's own rules: letters, digits, ".", "_" and "-", neither beginning nor ending with "." or "-", no ".." or "--"
const part = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$/;
const isPart = (text: string): boolean => part.test(text) && !/\.\.|--/.test(text) && !reserved.test(text);
/** What Windows takes for a device. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** `owner/name` or `owner/name@revision`; null: not of this form. */
export function parseHubName(text: string): HubName | null {
  const at = text.indexOf('@');
  const id = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? 'main' : text.slice(at + 1);
  const parts = id.split('/');
  if (parts.length !== 2 || !parts.every(isPart)) return null;
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/.test(revision) || revision.includes('..')) return null;
  return { id, revision };
}

/** @throws AppError `invalid-option` */
export function hubNameOf(text: string): HubName {
  const name = parseHubName(text);
  if (name !== null) return name;
  throw new AppError({
    code: 'invalid-option',
    message: `"${text}" is not the name of a model on the hub.`,
    hint: 'Names are like amazon/chronos-2, or amazon/chronos-2@REVISION for a branch, a tag or a commit.',
  });
}

/** A name in the library: one part, or two like on the hub. */
export const isModelName = (name: string): boolean => {
  const parts = name.split('/');
  return parts.length <= 2 && parts.every(isPart);
};

/** The folder of a model below the library's; "--" is in no name, so it parts owner and name. */
export const folderNameOf = (name: string): string => name.replace('/', '--');

export const nameOfFolder = (folder: string): string => folder.replace('--', '/');

/** Something like the text that may be a name. */
export const toModelName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/--+/g, '-')
    .replace(/\.\.+/g, '.')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 96)
    .replace(/[.-]+$/, '') || 'model';
