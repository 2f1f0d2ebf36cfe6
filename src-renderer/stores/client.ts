/**
 * @file The one place that talks to the other side: Electron's bridge when the window has one, else HTTP on this origin.
 * Nothing else in the renderer knows which of the two it is.
 */
import { AppError } from '../../src-preload/contract/errors.ts';
import type { ErrorData } from '../../src-preload/contract/errors.ts';
import type { AppEvent, CallName, Input, Output } from '../../src-preload/contract/index.ts';

type Answer = { readonly result: unknown } | { readonly error: ErrorData };

/** What src-preload puts on the window. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Answer>;
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** files the system asked the app to open: "Open with", a second start */
  onOpenFiles(listener: (files: readonly string[]) => void): () => void;
  pathForFile(file: File): string;
  readonly platform: string;
}

declare global {
  interface Window {
    readonly voltcast?: Bridge;
  }
}

/** The shape stores ask for, so that a test hands in its own. */
export type Call = <K extends CallName>(name: K, input: Input<K>) => Promise<Output<K>>;

const bridge = (): Bridge | undefined => (typeof window === 'undefined' ? undefined : window.voltcast);

/** true inside the Electron window, false in a browser */
export const inElectron = (): boolean => bridge() !== undefined;

const unreachable = (cause: unknown): AppError =>
  new AppError(
    {
      code: 'server-unreachable',
      message: 'Voltcast does not answer.',
      hint: 'Check that the Voltcast process is still running, then try again.',
    },
    { cause },
  );

async function readAnswer(response: Response): Promise<Answer> {
  try {
    return (await response.json()) as Answer;
  } catch (cause) {
    throw new AppError(
      { code: 'bad-answer', message: `The server answered ${response.status} without a readable body.` },
      { cause },
    );
  }
}

async function callHttp(name: string, input: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      credentials: 'same-origin',
    });
  } catch (cause) {
    throw unreachable(cause);
  }
  return readAnswer(response);
}

/**
 * Calls one procedure of the contract.
 * @throws {AppError} with the code of the other side, or `server-unreachable` when nobody answers
 */
export const call: Call = async (name, input) => {
  const there = bridge();
  const answer = there ? await there.call(name, input) : await callHttp(name, input);
  if ('error' in answer) throw new AppError(answer.error);
  return answer.result as Output<typeof name>;
};

export type Connection = 'connecting' | 'open' | 'lost';

/**
 * Hears everything that happens, until the returned function is called.
 * In browser mode a lost stream is opened again (0.5 s, doubling to 10 s); `onConnection` says so, and whoever holds
 * state reloads it on the second `open`, because events in between were missed.
 */
export function onEvent(
  listener: (event: AppEvent) => void,
  onConnection: (state: Connection) => void = () => undefined,
): () => void {
  const there = bridge();
  if (there) {
    onConnection('open');
    return there.onEvent(listener);
  }
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = 500;
  const open = (): void => {
    onConnection('connecting');
    source = new EventSource('/events');
    source.onopen = () => {
      waitMs = 500;
      onConnection('open');
    };
    source.onmessage = (message: MessageEvent<string>) => listener(JSON.parse(message.data) as AppEvent);
    source.onerror = () => {
      source?.close();
      onConnection('lost');
      timer = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, 10_000);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

/** Files that the system hands to the app, as paths; a browser has none. */
export const onOpenFiles = (listener: (files: readonly string[]) => void): (() => void) =>
  bridge()?.onOpenFiles(listener) ?? (() => undefined);

/**
 * Makes a file of the user usable as `file` in a call: its path in Electron, an upload in a browser.
 * @param onProgress share sent, 0..1
 */
export function sendFile(
  file: File,
  onProgress: (fraction: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  const there = bridge();
  if (there) {
    onProgress(1);
    return Promise.resolve(there.pathForFile(file));
  }
  return new Promise((resolve, reject) => {
    // XMLHttpRequest, because fetch tells nothing about how much was sent
    const request = new XMLHttpRequest();
    request.open('POST', `/upload?name=${encodeURIComponent(file.name)}`);
    request.responseType = 'json';
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(unreachable(undefined));
    request.onabort = () => reject(new AppError({ code: 'cancelled', message: 'Sending was cancelled.' }));
    request.onload = () => {
      const body = request.response as {
        file?: string;
        result?: { file?: string };
        error?: ErrorData;
      } | null;
      const sent = body?.file ?? body?.result?.file;
      if (sent) resolve(sent);
      else
        reject(
          new AppError(
            body?.error ?? { code: 'upload-failed', message: `Sending the file failed (${request.status}).` },
          ),
        );
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** The folder that was chosen, from the files in it; null in a browser, where files have no path. */
export function pathOfFolder(files: readonly File[]): string | null {
  const [first] = files;
  const there = bridge();
  if (first === undefined || there === undefined) return null;
  const levels = first.webkitRelativePath.split('/').length - 1;
  // as many names from the end as the file lies deep in the folder
  return there
    .pathForFile(first)
    .split(/(?=[\\/])/)
    .slice(0, -levels)
    .join('');
}

/** Starts a download of something the server names, e.g. `/download/forecast/<id>?format=csv`. */
export function download(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
