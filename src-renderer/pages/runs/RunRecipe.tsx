/** @file The recipe a run was made with; edited here, it makes a new run that reuses what has not changed. */
import { Button, Group, Loader, ScrollArea, Stack, Table } from '@mantine/core';
import { IconArrowBackUp, IconRefresh } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecipeIssue, RunDetail } from '../../../src-preload/contract/index.ts';
import { isOver } from '../../../src-preload/contract/runs.ts';
import { useReadOnly } from '../../stores/app.ts';
import { call } from '../../stores/client.ts';
import { useRecipes } from '../../stores/recipes.ts';
import { notifyError } from '../../widgets/notify.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { IssueList } from '../train/IssueList.tsx';
import { useRunActions } from './use-run-actions.ts';
import classes from './runs.module.css';

const YamlEditor = lazy(() => import('../train/YamlEditor.tsx'));

export function RunRecipe({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation(['runs', 'common']);
  const schema = useRecipes((state) => state.schema);
  const readOnly = useReadOnly();
  const { rerun } = useRunActions();
  const [text, setText] = useState(run.recipeText);
  const [issues, setIssues] = useState<readonly RecipeIssue[]>([]);
  const dirty = text !== run.recipeText;
  const broken = issues.some((issue) => issue.severity === 'error');

  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      call('recipes.validate', { text }).then(
        (answer) => {
          if (!stale) setIssues(answer.issues);
        },
        (thrown: unknown) => notifyError(t('recipe.checkFailed'), thrown),
      );
    }, 250);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, t]);

  return (
    <div className={classes['grid2']}>
      <SectionCard
        title={t('recipe.title')}
        hint={t('recipe.hint')}
        actions={
          <Group gap="xs">
            {dirty ? (
              <Button
                variant="subtle"
                leftSection={<IconArrowBackUp size={15} aria-hidden />}
                onClick={() => setText(run.recipeText)}
              >
                {t('recipe.revert')}
              </Button>
            ) : null}
            <Button
              disabled={readOnly || broken || !isOver(run.status)}
              leftSection={<IconRefresh size={15} aria-hidden />}
              onClick={() => void rerun(run, dirty ? text : undefined)}
            >
              {dirty ? t('recipe.rerunEdited') : t('action.rerun')}
            </Button>
          </Group>
        }
      >
        <Stack gap="sm">
          <Suspense fallback={<Loader size="sm" aria-label={t('loading')} />}>
            <YamlEditor
              value={text}
              onChange={setText}
              issues={issues}
              schema={schema}
              label={t('recipe.title')}
              minHeight="24rem"
            />
          </Suspense>
          <IssueList issues={issues} />
        </Stack>
      </SectionCard>
      <SectionCard title={t('params.title')} hint={t('params.hint')} flush>
        <ScrollArea.Autosize mah="36rem" viewportProps={{ tabIndex: 0 }}>
          <Table>
            <Table.Tbody>
              {Object.entries(run.params).map(([key, value]) => (
                <Table.Tr key={key}>
                  <Table.Th scope="row" pl="lg" fw={450} className={classes['key']}>
                    {key}
                  </Table.Th>
                  <Table.Td pr="lg" className={classes['value']}>
                    {value}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      </SectionCard>
    </div>
  );
}
