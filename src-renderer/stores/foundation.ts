/** @file Foundation models: which are here, which are on their way, and the question before a download. */
import { createStore, useStore } from 'zustand';
import { toErrorData } from '../../src-preload/contract/errors.ts';
import type { AppEvent, ErrorData, ModelJob, Output } from '../../src-preload/contract/index.ts';
import { call, sendFile } from './client.ts';
import type { Call } from './client.ts';
import { failed, idle, loading } from './resource.ts';
import type { Resource } from './resource.ts';

export type Library = Output<'models.library'>;
export type Offer = Output<'models.lookup'>;
export type Added = Output<'models.add'>;

/** What the dialog is at. */
export type Asking =
  | { readonly step: 'choosing'; readonly error: ErrorData | null }
  | { readonly step: 'looking'; readonly model: string }
  | { readonly step: 'offered'; readonly offer: Offer };

/** A job as this page shows it; `sending`: the file is on its way to the other side. */
export interface ShownJob extends Omit<ModelJob, 'phase'> {
  readonly phase: ModelJob['phase'] | 'sending';
  /** begins it again */
  readonly again: Again | null;
}
type Again =
  | { readonly model: string; readonly acceptLicence: boolean }
  | { readonly file: File | string; readonly name: string | undefined };

export interface FoundationState {
  readonly library: Resource<Library>;
  /** in the order they began; those that failed stay until dismissed */
  readonly jobs: readonly ShownJob[];
  /** null: the dialog is closed */
  readonly asking: Asking | null;
  load(): Promise<void>;
  open(): void;
  close(): void;
  look(model: string): Promise<void>;
  /** @returns what was added; null when it failed, which its job tells */
  download(offer: Offer): Promise<Added | null>;
  /** @param file from the user's hand, or a folder's path */
  addFile(file: File | string, name: string | undefined): Promise<Added | null>;
  again(job: string): Promise<Added | null>;
  cancel(job: string): void;
  dismiss(job: string): void;
  remove(name: string): Promise<void>;
  hear(events: readonly AppEvent[]): void;
}

const closing: Asking = { step: 'choosing', error: null };

export const createFoundationStore = (api: Call, send: typeof sendFile) =>
  createStore<FoundationState>()((set, get) => {
    let count = 0;
    /** rises with every new question, so that late answers of an earlier one are dropped */
    let round = 0;
    const sending = new Map<string, AbortController>();
    /** Events come in batches, so the last ones of a job may come after the answer that ended it. */
    const over = new Set<string>();

    const put = (job: ShownJob): void => {
      const { jobs } = get();
      set({
        jobs: jobs.some((one) => one.job === job.job)
          ? jobs.map((one) => (one.job === job.job ? job : one))
          : [...jobs, job],
      });
    };
    const drop = (job: string): void => set({ jobs: get().jobs.filter((one) => one.job !== job) });

    const begin = async (again: Again): Promise<Added | null> => {
      count += 1;
      const job = `page-${Date.now()}-${count}`;
      const isFile = 'file' in again;
      const fresh: ShownJob = {
        job,
        name: isFile ? nameOf(again.file) : again.model,
        phase: isFile && typeof again.file !== 'string' ? 'sending' : 'asking',
        bytes: 0,
        totalBytes: null,
        bytesPerSecond: null,
        etaMs: null,
        error: null,
        again,
      };
      put(fresh);
      try {
        const source = isFile
          ? { file: await place(again.file, fresh), ...(again.name ? { name: again.name } : {}) }
          : again;
        const added = await api('models.add', { ...source, job });
        over.add(job);
        drop(job);
        await get().load();
        return added;
      } catch (thrown) {
        over.add(job);
        const now = get().jobs.find((one) => one.job === job) ?? fresh;
        put({ ...now, phase: 'failed', etaMs: null, bytesPerSecond: null, error: toErrorData(thrown) });
        return null;
      }
    };

    /** What the other side knows the file by. */
    const place = async (file: File | string, job: ShownJob): Promise<string> => {
      if (typeof file === 'string') return file;
      const stop = new AbortController();
      sending.set(job.job, stop);
      try {
        return await send(
          file,
          (fraction) => put({ ...job, bytes: fraction * file.size, totalBytes: file.size }),
          stop.signal,
        );
      } finally {
        sending.delete(job.job);
      }
    };

    return {
      library: idle,
      jobs: [],
      asking: null,
      load: async () => {
        set({ library: loading(get().library) });
        try {
          const value = await api('models.library', {});
          set({ library: { status: 'ready', value } });
          // begun before this page was opened, or by another one
          const known = new Set(get().jobs.map(({ job }) => job));
          for (const job of value.adding) if (!known.has(job.job)) put({ ...job, again: null });
        } catch (thrown) {
          set({ library: failed(get().library, thrown) });
        }
      },
      open: () => set({ asking: closing }),
      close: () => {
        round += 1;
        set({ asking: null });
      },
      look: async (model) => {
        const mine = ++round;
        set({ asking: { step: 'looking', model } });
        try {
          const offer = await api('models.lookup', { model });
          if (mine === round) set({ asking: { step: 'offered', offer } });
        } catch (thrown) {
          if (mine === round) set({ asking: { step: 'choosing', error: toErrorData(thrown) } });
        }
      },
      download: async (offer) => {
        get().close();
        const model = offer.revision === 'main' ? offer.name : `${offer.name}@${offer.revision}`;
        // what was shown as free is not accepted blindly, should it be another by now
        return await begin({ model, acceptLicence: !offer.licence.permissive });
      },
      addFile: async (file, name) => {
        get().close();
        return await begin({ file, name });
      },
      again: async (job) => {
        const again = get().jobs.find((one) => one.job === job)?.again ?? null;
        drop(job);
        return again === null ? null : await begin(again);
      },
      cancel: (job) => {
        sending.get(job)?.abort();
        void api('models.cancelAdd', { job }).catch(() => undefined);
      },
      dismiss: drop,
      remove: async (name) => {
        await api('models.remove', { name });
        await get().load();
      },
      hear: (events) => {
        for (const event of events) {
          if (event.type !== 'model-job') continue;
          const { job } = event;
          if (over.has(job.job)) continue;
          const mine = get().jobs.find((one) => one.job === job.job);
          // how one of this page ends is told by the answer to its call
          if (job.phase !== 'done' && job.phase !== 'failed') put({ ...job, again: mine?.again ?? null });
          else if (mine?.again === null) {
            if (job.phase === 'failed') put({ ...job, again: null });
            else drop(job.job);
            void get().load();
          } else if (mine === undefined) void get().load();
        }
      },
    };
  });

const nameOf = (file: File | string): string =>
  typeof file === 'string' ? (file.split(/[\\/]/).pop() ?? file) : file.name;

export const foundationStore = createFoundationStore(call, sendFile);
export const useFoundation = <T>(select: (state: FoundationState) => T): T =>
  useStore(foundationStore, select);
