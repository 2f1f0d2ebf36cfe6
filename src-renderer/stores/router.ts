/** @file Which screen is shown, read from the address after `#`, so that reload, back and links work everywhere. */
import { createStore, useStore } from 'zustand';

export const pageIds = ['data', 'train', 'runs', 'compare', 'forecast', 'settings'] as const;
export type PageId = (typeof pageIds)[number];

export interface Route {
  readonly page: PageId;
  /** `#/runs/<id>` -> the id */
  readonly id: string | null;
  /** `#/compare?ids=a,b` -> { ids: 'a,b' } */
  readonly params: Readonly<Record<string, string>>;
}

const isPage = (text: string): text is PageId => (pageIds as readonly string[]).includes(text);

/** Anything unknown leads to the first page rather than to an error. */
export function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [page = '', id] = path.split('/');
  return {
    page: isPage(page) ? page : 'data',
    id: id ? decodeURIComponent(id) : null,
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function toHash(
  page: PageId,
  id?: string | null,
  params: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(params).toString();
  // ids are lists in places (`ids=a,b`): a readable comma is legal in a query
  return `#/${page}${id ? `/${encodeURIComponent(id)}` : ''}${query ? `?${query.replaceAll('%2C', ',')}` : ''}`;
}

const current = (): string => (typeof location === 'undefined' ? '' : location.hash);

export const routerStore = createStore<Route>()(() => parseHash(current()));

/** Follows the address bar; called once by main. Returns what stops it. */
export function startRouter(): () => void {
  const follow = (): void => routerStore.setState(parseHash(location.hash), true);
  follow();
  window.addEventListener('hashchange', follow);
  return () => window.removeEventListener('hashchange', follow);
}

/** Goes to a screen; adds to the history, so Back returns. */
export function navigate(
  page: PageId,
  id?: string | null,
  params: Readonly<Record<string, string>> = {},
): void {
  location.hash = toHash(page, id, params);
}

export const useRoute = (): Route => useStore(routerStore);
