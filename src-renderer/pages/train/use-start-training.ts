/** @file Starts runs and goes to where they can be watched. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Input } from '../../../src-preload/contract/index.ts';
import { call } from '../../stores/client.ts';
import { navigate } from '../../stores/router.ts';
import { runsStore } from '../../stores/runs.ts';
import { notifyError, notifyGood } from '../../widgets/notify.ts';

/** `start` answers whether it worked. */
export function useStartTraining(): {
  readonly busy: boolean;
  readonly start: (input: Input<'runs.start'>) => Promise<boolean>;
} {
  const { t } = useTranslation('train');
  const [busy, setBusy] = useState(false);
  const start = async (input: Input<'runs.start'>): Promise<boolean> => {
    setBusy(true);
    try {
      const { experiment, runIds } = await call('runs.start', input);
      notifyGood(t('started', { count: runIds.length }));
      // the events bring the runs; a lost one must not leave the list empty
      void runsStore.getState().load();
      if (runIds.length === 1) navigate('runs', runIds[0]);
      else navigate('runs', null, { experiment });
      return true;
    } catch (thrown) {
      notifyError(t('startFailed'), thrown);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, start };
}
