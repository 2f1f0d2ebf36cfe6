/** @file The word in the corner when a foundation model has come in. */
import { useTranslation } from 'react-i18next';
import type { Added } from '../../stores/foundation.ts';
import { notifyGood } from '../../widgets/notify.ts';

/** Says how an addition ended well; one that failed stays on the page with its cause. */
export function useTellAdded(): (adding: Promise<Added | null>) => void {
  const { t } = useTranslation('models');
  return (adding) =>
    void adding.then((added) => {
      if (added !== null) notifyGood(t(added.added ? 'foundation.done' : 'foundation.same'), added.name);
    });
}
