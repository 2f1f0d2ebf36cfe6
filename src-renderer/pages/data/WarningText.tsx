/** @file What the importer noticed, under a translated name, with advice that fits this screen. */
import { useTranslation } from 'react-i18next';
import type { Warning } from '../../../src-preload/contract/index.ts';
import { Notice } from '../../widgets/Notice.tsx';
import { nameOfCode } from './import-view.ts';

/** The name and the advice of a warning. Hints that name a command line option have a text of their own here. */
export function useWarningText(warning: Warning): { readonly title: string; readonly hint: string } {
  const { t } = useTranslation('data');
  return {
    title: t(`warning.${warning.code}`, { defaultValue: nameOfCode(warning.code) }),
    hint: t(`warningHint.${warning.code}`, { defaultValue: warning.hint ?? '' }),
  };
}

export function WarningNotice({ warning }: { readonly warning: Warning }) {
  const { title, hint } = useWarningText(warning);
  return (
    <Notice tone="info" title={title}>
      <p>{warning.message}</p>
      {hint ? <p>{hint}</p> : null}
    </Notice>
  );
}

export function WarningItem({ warning }: { readonly warning: Warning }) {
  const { title, hint } = useWarningText(warning);
  return (
    <>
      <strong>{title}</strong>
      <p>
        {warning.message} {hint}
      </p>
    </>
  );
}
