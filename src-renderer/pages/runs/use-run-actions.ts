/** @file What can be done with a run, each with its word to the user. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import { call, download } from '../../stores/client.ts';
import { navigate } from '../../stores/router.ts';
import { runsStore } from '../../stores/runs.ts';
import { notifyError, notifyGood } from '../../widgets/notify.ts';

export type ReportFormat = 'html' | 'pdf';

export interface RunActions {
  cancel(run: RunSummary): Promise<void>;
  cancelAll(): Promise<void>;
  resume(run: RunSummary): Promise<void>;
  /** @param recipe an edited YAML text */
  rerun(run: RunSummary, recipe?: string): Promise<void>;
  promote(run: RunSummary): Promise<void>;
  exportModel(run: RunSummary): void;
  report(ids: readonly string[], format: ReportFormat): Promise<void>;
  tag(run: RunSummary, tags: Readonly<Record<string, string | null>>): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

export function useRunActions(): RunActions {
  const { t, i18n } = useTranslation('runs');
  const language = i18n.language.startsWith('es') ? 'es' : 'en';
  return useMemo(() => {
    /** The answer reaches the lists at once, without waiting for its event. */
    const hear = (run: RunSummary): void => runsStore.getState().hear([{ type: 'run', run }]);
    const attempt = async (failure: string, act: () => Promise<void>): Promise<void> => {
      try {
        await act();
      } catch (thrown) {
        notifyError(failure, thrown);
      }
    };
    return {
      cancel: (run) =>
        attempt(t('did.cancelFailed'), async () => {
          await call('runs.cancel', { id: run.id });
        }),
      cancelAll: () =>
        attempt(t('did.cancelFailed'), async () => {
          const count = await runsStore.getState().cancelAll();
          notifyGood(t('did.cancelledAll', { count }));
        }),
      resume: (run) =>
        attempt(t('did.resumeFailed'), async () => hear(await call('runs.resume', { id: run.id }))),
      rerun: (run, recipe) =>
        attempt(t('did.rerunFailed'), async () => {
          const made = await call('runs.rerun', { id: run.id, ...(recipe === undefined ? {} : { recipe }) });
          hear(made);
          navigate('runs', made.id);
        }),
      promote: (run) =>
        attempt(t('did.promoteFailed'), async () => {
          const crowned = await call('models.promote', { id: run.id });
          runsStore.getState().hear([
            { type: 'run', run: crowned },
            { type: 'champion', experiment: crowned.experiment, runId: crowned.id },
          ]);
          notifyGood(t('did.promoted'), t('did.promotedText', { experiment: crowned.experiment }));
        }),
      exportModel: (run) => download(`/download/model/${encodeURIComponent(run.id)}`),
      report: (ids, format) =>
        attempt(t('did.reportFailed'), async () => {
          const report = await call('reports.create', { runIds: [...ids], format, language });
          notifyGood(t('did.reported'), t('did.reportedText', { format: format.toUpperCase() }));
          download(`/download/report/${encodeURIComponent(report.id)}`);
        }),
      tag: (run, tags) =>
        attempt(t('did.tagFailed'), async () =>
          hear(await call('runs.tag', { id: run.id, tags: { ...tags } })),
        ),
      remove: (ids) =>
        attempt(t('did.deleteFailed'), async () => {
          for (const id of ids) {
            await call('runs.delete', { id });
            runsStore.getState().hear([{ type: 'run-deleted', runId: id }]);
          }
          notifyGood(t('did.deleted', { count: ids.length }));
        }),
    };
  }, [t, language]);
}
