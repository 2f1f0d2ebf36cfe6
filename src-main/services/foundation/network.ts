/**
 * @file The way to the hub: through the proxy of the settings or of the environment, to the hub itself or to a mirror.
 * Redirects are followed here and not by fetch, so that a token stays with the host it is for, and a secure address never
 * becomes an open one.
 */
import { AppError } from '../../../src-preload/contract/index.ts';

export const hubAddress = 'https://huggingface.co';

export interface NetworkSettings {
  /** for every address but those of NO_PROXY; null: HTTPS_PROXY and HTTP_PROXY */
  readonly proxy: string | null;
  /** null: HF_ENDPOINT, else the hub */
  readonly mirror: string | null;
}

export interface HubConnection {
  /** without a slash at its end */
  readonly endpoint: string;
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const maxRedirects = 8;
const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** @throws AppError `invalid-option` when an address is none */
export function connectHub(
  { proxy, mirror }: NetworkSettings,
  version: string,
  env: Environment = process.env,
): HubConnection {
  const endpoint = addressOf(nonEmpty(mirror) ?? nonEmpty(env['HF_ENDPOINT']) ?? hubAddress, 'mirror');
  const own = nonEmpty(proxy);
  const through = own === null ? null : addressOf(own, 'proxy').href;
  // HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read by the agent itself where nothing is given
  const proxies =
    through === null
      ? environmentProxy(env)
      : { httpProxy: through, httpsProxy: through, noProxy: noProxyOf(env) };
  // read when something is fetched: most starts of the app fetch nothing
  const open = async () => {
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    return { dispatcher: new EnvHttpProxyAgent(proxies), fetch };
  };
  let opened: ReturnType<typeof open> | null = null;
  const token = tokenFor(endpoint, env);
  const follow = async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    let url = new URL(address instanceof Request ? address.url : address);
    const agent = await (opened ??= open());
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const response = await agent.fetch(url, {
        signal: init.signal ?? null,
        redirect: 'manual',
        dispatcher: agent.dispatcher,
        headers: {
          ...(init.headers as Record<string, string> | undefined),
          'user-agent': `voltcast/${version}`,
          ...(token !== null && url.origin === endpoint.origin ? { authorization: `Bearer ${token}` } : {}),
        },
      });
      // the same class as the global one, under the types of another version
      if (!isRedirect(response.status)) return response as unknown as Response;
      await response.body?.cancel();
      url = nextAddress(url, response.headers.get('location'));
    }
    throw redirect(url, `it redirects more than ${maxRedirects} times`);
  };
  return {
    endpoint: endpoint.href.replace(/\/+$/, ''),
    fetch: follow,
    // what a server has not finished by now is of no interest
    close: async () => await (await opened)?.dispatcher.destroy(),
  };
}

function nextAddress(from: URL, location: string | null): URL {
  let next: URL;
  try {
    next = new URL(location ?? '', from);
  } catch {
    throw redirect(from, 'it redirects to something that is no address');
  }
  if (
    location === null ||
    !/^https?:$/.test(next.protocol) ||
    (from.protocol === 'https:' && next.protocol === 'http:')
  )
    throw redirect(
      from,
      `it redirects to ${location === null ? 'nowhere' : `an address that is not safe (${next.protocol})`}`,
    );
  // a name and password in an address are for nobody here
  next.username = '';
  next.password = '';
  return next;
}

const redirect = (url: URL, what: string): AppError =>
  new AppError({
    code: 'download-refused',
    message: `${url.origin} cannot be followed: ${what}.`,
    hint: 'Check the address of the mirror, and that no network in between asks for a login.',
  });

/**
 * HF_TOKEN goes to the hub, and to a mirror only where HF_ENDPOINT names it: who sets both means both. Never over an open line,
 * except to this machine.
 */
function tokenFor(endpoint: URL, env: Environment): string | null {
  const token = nonEmpty(env['HF_TOKEN']);
  if (token === null || /[\r\n\0]/.test(token)) return null;
  const isNamed = endpoint.origin === hubAddress || sameOrigin(endpoint, nonEmpty(env['HF_ENDPOINT']));
  const isClosed =
    endpoint.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(endpoint.hostname);
  return isNamed && isClosed ? token : null;
}

const sameOrigin = (url: URL, other: string | null): boolean =>
  other !== null && URL.canParse(other) && new URL(other).origin === url.origin;

const nonEmpty = (text: string | null | undefined): string | null => (text?.trim() ? text.trim() : null);
const noProxyOf = (env: Environment): string => env['no_proxy'] ?? env['NO_PROXY'] ?? '';

/** Empty text stands for "none"; a broken address is said, not thrown from inside of the agent. */
function environmentProxy(env: Environment): { httpProxy: string; httpsProxy: string; noProxy: string } {
  const http = nonEmpty(env['http_proxy'] ?? env['HTTP_PROXY']);
  const https = nonEmpty(env['https_proxy'] ?? env['HTTPS_PROXY']) ?? http;
  return {
    httpProxy: http === null ? '' : addressOf(http, 'proxy').href,
    httpsProxy: https === null ? '' : addressOf(https, 'proxy').href,
    noProxy: noProxyOf(env),
  };
}

/** @throws AppError `invalid-option` */
export function addressOf(text: string, what: 'proxy' | 'mirror'): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const fits =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    // a proxy may have a name and password, a mirror is told HF_TOKEN
    (what === 'proxy' ||
      (url.username === '' && url.password === '' && url.search === '' && url.hash === ''));
  if (fits) return url;
  throw new AppError({
    code: 'invalid-option',
    // without the text itself: it may hold a password
    message: `The address of the ${what} is not one that Voltcast can use.`,
    hint:
      what === 'proxy'
        ? 'Write http://HOST:PORT, or http://NAME:PASSWORD@HOST:PORT.'
        : 'Write https://HOST, without name and password.',
    place: { key: what },
  });
}
