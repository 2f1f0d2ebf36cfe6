/** @file What is wrong with a recipe, line by line, with the nearest valid word. */
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RecipeIssue } from '../../../src-preload/contract/index.ts';
import classes from './train.module.css';

export function IssueList({
  issues,
  ok = false,
}: {
  readonly issues: readonly RecipeIssue[];
  /** true: says so when there is nothing to say */
  readonly ok?: boolean;
}) {
  const { t } = useTranslation('train');
  if (issues.length === 0)
    return ok ? (
      <p className={classes['fine']} role="status">
        <IconCircleCheck size={15} aria-hidden /> {t('editor.valid')}
      </p>
    ) : null;
  return (
    <ul className={classes['issues']} aria-label={t('editor.issues')} role="status">
      {issues.map((issue, i) => (
        <li key={i} data-tone={issue.severity === 'error' ? 'bad' : 'warn'}>
          {issue.severity === 'error' ? (
            <IconCircleX size={15} aria-label={t('editor.error')} />
          ) : (
            <IconAlertTriangle size={15} aria-label={t('editor.warning')} />
          )}
          <span>
            {issue.line === null ? null : (
              <strong>{t('editor.place', { line: issue.line, column: issue.column ?? 1 })} </strong>
            )}
            {issue.message}
            {/* many messages name the word themselves */}
            {issue.suggestion && !issue.message.includes(issue.suggestion)
              ? ` ${t('editor.suggestion', { suggestion: issue.suggestion })}`
              : ''}
          </span>
        </li>
      ))}
    </ul>
  );
}
