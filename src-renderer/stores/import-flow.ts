/**
 * @file From a dropped file to a dataset: send → read → ask → import. One state machine, used by the drop zone, the
 * whole window and "Open with"; several files at once are taken one after the other.
 */
import { createStore, useStore } from 'zustand';
import { toErrorData } from '../../src-preload/contract/errors.ts';
import type {
  AppEvent,
  ErrorData,
  ImportOptions,
  ImportPreview,
  Output,
} from '../../src-preload/contract/index.ts';
import { call, sendFile } from './client.ts';
import type { Call } from './client.ts';

export type ImportOutcome = Output<'datasets.import'>;

interface Named {
  readonly fileName: string;
}
interface Sent extends Named {
  /** what the other side knows the file by */
  readonly file: string;
  readonly options: ImportOptions;
  readonly preview: ImportPreview | null;
}
interface Working {
  readonly fraction: number | null;
  readonly message: string;
}

export type ImportState =
  | { readonly phase: 'closed' }
  | ({ readonly phase: 'sending' } & Named & Working)
  | ({ readonly phase: 'reading' } & Sent & Working)
  | ({ readonly phase: 'asking' } & Sent & { readonly preview: ImportPreview })
  | ({ readonly phase: 'importing' } & Sent & Working)
  | ({ readonly phase: 'failed'; readonly error: ErrorData } & Named & Partial<Sent>)
  | ({ readonly phase: 'done'; readonly outcome: ImportOutcome } & Named);

export interface ImportFlow {
  readonly state: ImportState;
  /** files still to come after this one, each from the user's hand or as a path of this machine */
  readonly waiting: readonly (File | string)[];
  open(files: readonly File[]): void;
  /** Files this machine knows by their paths, from "Open with". */
  openPaths(files: readonly string[]): void;
  /** The built-in sample, without questions. */
  sample(): Promise<void>;
  /** Changes options and reads the file again; `undefined` takes an answer back. */
  answer(options: ImportOptions): void;
  confirm(): Promise<void>;
  retry(): void;
  /** Gives this file up and goes on with the next one. */
  close(): void;
  hear(events: readonly AppEvent[]): void;
}

/** Blocking questions without an answer: the import waits for them. */
export function openQuestions(preview: ImportPreview, options: ImportOptions): readonly string[] {
  const given = options as Readonly<Record<string, unknown>>;
  return preview.questions.filter((q) => q.blocking && given[q.option] === undefined).map((q) => q.code);
}

const uploadPrefix = 'upload:';

/** Progress names the path that is read; a page that sent the file knows only its id, which is part of that path. */
const sameFile = (named: string, known: string): boolean =>
  named === known || (known.startsWith(uploadPrefix) && named.includes(known.slice(uploadPrefix.length)));

/** The last part of a path of either kind. */
export const baseName = (path: string): string => path.split(/[\\/]/).pop() ?? path;

export function hearImport(state: ImportState, events: readonly AppEvent[]): ImportState {
  if (state.phase !== 'reading' && state.phase !== 'importing') return state;
  const last = events.findLast((e) => e.type === 'import-progress' && sameFile(e.file, state.file));
  if (last?.type !== 'import-progress') return state;
  return { ...state, fraction: last.fraction, message: last.message };
}

type Send = typeof sendFile;

export const createImportFlow = (api: Call, send: Send) =>
  createStore<ImportFlow>()((set, get) => {
    /** rises with every new beginning, so that late answers of a given-up file are dropped */
    let round = 0;
    let sending: AbortController | null = null;

    const read = async (sent: Sent): Promise<void> => {
      const mine = ++round;
      set({ state: { phase: 'reading', ...sent, fraction: null, message: '' } });
      try {
        const preview = await api('datasets.preview', { file: sent.file, options: sent.options });
        if (mine === round) set({ state: { phase: 'asking', ...sent, preview } });
      } catch (thrown) {
        if (mine === round) set({ state: { phase: 'failed', ...sent, error: toErrorData(thrown) } });
      }
    };

    const begin = async (file: File | string): Promise<void> => {
      if (typeof file === 'string')
        return read({ fileName: baseName(file), file, options: {}, preview: null });
      const mine = ++round;
      const fileName = file.name;
      sending = new AbortController();
      set({ state: { phase: 'sending', fileName, fraction: 0, message: '' } });
      try {
        const sent = await send(
          file,
          (fraction) => {
            if (mine === round) set({ state: { phase: 'sending', fileName, fraction, message: '' } });
          },
          sending.signal,
        );
        if (mine === round) await read({ fileName, file: sent, options: {}, preview: null });
      } catch (thrown) {
        if (mine === round) set({ state: { phase: 'failed', fileName, error: toErrorData(thrown) } });
      }
    };

    const take = (files: readonly (File | string)[]): void => {
      const [first, ...rest] = files;
      if (first === undefined) return;
      const { phase } = get().state;
      if (phase === 'closed' || phase === 'done') {
        set({ waiting: rest });
        void begin(first);
      } else set({ waiting: [...get().waiting, ...files] });
    };

    return {
      state: { phase: 'closed' },
      waiting: [],
      open: take,
      openPaths: take,
      sample: async () => {
        const mine = ++round;
        const fileName = 'steel_sample.csv';
        set({
          state: {
            phase: 'importing',
            fileName,
            file: '',
            options: {},
            preview: null,
            fraction: null,
            message: '',
          },
        });
        try {
          const outcome = await api('datasets.importSample', {});
          if (mine === round) set({ state: { phase: 'done', fileName, outcome } });
        } catch (thrown) {
          if (mine === round) set({ state: { phase: 'failed', fileName, error: toErrorData(thrown) } });
        }
      },
      answer: (changed) => {
        const { state } = get();
        if (!('file' in state) || state.file === undefined) return;
        const { fileName, file, options, preview } = state;
        void read({ fileName, file, options: { ...options, ...changed }, preview: preview ?? null });
      },
      confirm: async () => {
        const { state } = get();
        if (state.phase !== 'asking') return;
        const mine = ++round;
        const { fileName, file, options, preview } = state;
        set({ state: { phase: 'importing', fileName, file, options, preview, fraction: null, message: '' } });
        try {
          const outcome = await api('datasets.import', { file, options });
          if (mine === round) set({ state: { phase: 'done', fileName, outcome } });
        } catch (thrown) {
          if (mine === round)
            set({ state: { phase: 'failed', fileName, file, options, preview, error: toErrorData(thrown) } });
        }
      },
      retry: () => {
        const { state } = get();
        if (state.phase !== 'failed') return;
        const { fileName, file, options, preview } = state;
        if (file !== undefined)
          void read({ fileName, file, options: options ?? {}, preview: preview ?? null });
      },
      close: () => {
        round += 1;
        sending?.abort();
        const { state } = get();
        // the other side stops reading, and drops the file if it was sent
        if (state.phase !== 'done' && 'file' in state && state.file)
          void api('datasets.cancelImport', { file: state.file }).catch(() => undefined);
        const [next, ...rest] = get().waiting;
        set({ state: { phase: 'closed' }, waiting: rest });
        if (next) void begin(next);
      },
      hear: (events) =>
        set((flow) => {
          const state = hearImport(flow.state, events);
          return state === flow.state ? flow : { state };
        }),
    };
  });

export const importFlow = createImportFlow(call, sendFile);
export const useImportFlow = <T>(select: (flow: ImportFlow) => T): T => useStore(importFlow, select);
