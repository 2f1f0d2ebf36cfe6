/** @file The English original beside a translated text: it holds the names and figures. */
import { useTranslation } from 'react-i18next';

/** Nothing where there is no other original. */
export function OriginalText({ detail }: { readonly detail: string | null }) {
  const { t } = useTranslation('common');
  return detail === null ? null : (
    <p style={{ color: 'var(--vc-muted)', fontSize: '0.8125rem' }}>
      {t('error.detail')} <span lang="en">{detail}</span>
    </p>
  );
}
