/** @file One recipe, opened: as a form for most, as YAML for those who want all of it. */
import {
  Button,
  Drawer,
  Group,
  Loader,
  Modal,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconArrowBackUp, IconDeviceFloppy, IconPlayerPlay } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetVersion } from '../../../src-preload/contract/index.ts';
import { useReadOnly } from '../../stores/app.ts';
import { isDirty, recipeFileName, recipesStore, useRecipes, useRecipeTitle } from '../../stores/recipes.ts';
import type { RecipeDraft } from '../../stores/recipes.ts';
import { valueOf } from '../../stores/resource.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { Notice } from '../../widgets/Notice.tsx';
import { notifyError, notifyGood } from '../../widgets/notify.ts';
import { Tag } from '../../widgets/StatusTag.tsx';
import { IssueList } from './IssueList.tsx';
import { RecipeForm } from './RecipeForm.tsx';
import { useStartTraining } from './use-start-training.ts';
import classes from './train.module.css';

const YamlEditor = lazy(() => import('./YamlEditor.tsx'));

export function RecipeDrawer({ dataset }: { readonly dataset: DatasetVersion | null }) {
  const { t } = useTranslation(['train', 'common']);
  const open = useRecipes((state) => state.open);
  const draft = useRecipes((state) => (state.open === null ? undefined : state.drafts[state.open]));
  const opened = useRecipes((state) => state.opened);
  const titleOf = useRecipeTitle();
  return (
    <Drawer.Root
      opened={open !== null}
      onClose={() => recipesStore.getState().closeDraft()}
      position="right"
      size="min(46rem, 100%)"
    >
      <Drawer.Overlay backgroundOpacity={0.45} />
      <Drawer.Content>
        {/* not the page's banner, which a bare header element would claim to be */}
        <Drawer.Header role="presentation">
          <Drawer.Title className={classes['drawerTitle']}>
            {open === null ? '' : titleOf(open)}
            {draft && isDirty(draft) ? <Tag tone="warn">{t('editor.changed')}</Tag> : null}
          </Drawer.Title>
          <Drawer.CloseButton aria-label={t('common:action.close')} />
        </Drawer.Header>
        <Drawer.Body>
          {opened.status === 'failed' ? <ErrorState error={opened.error} /> : null}
          {draft ? (
            <Editor key={draft.name} draft={draft} dataset={dataset} />
          ) : opened.status === 'loading' ? (
            <Loader size="sm" aria-label={t('common:loading')} />
          ) : null}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function Editor({
  draft,
  dataset,
}: {
  readonly draft: RecipeDraft;
  readonly dataset: DatasetVersion | null;
}) {
  const { t } = useTranslation(['train', 'common']);
  const schema = useRecipes((state) => state.schema);
  const card = useRecipes((state) => valueOf(state.list)?.find((item) => item.name === draft.name) ?? null);
  const readOnly = useReadOnly();
  const [view, setView] = useState<'form' | 'yaml'>('form');
  const [naming, setNaming] = useState(false);
  const { start, busy } = useStartTraining();
  const { edit, setText, revert, saveAs, closeDraft } = recipesStore.getState();
  const dirty = isDirty(draft);
  const broken = draft.issues.some((issue) => issue.severity === 'error');
  const own = card?.builtIn === false;

  const save = async (name: string, title?: string): Promise<void> => {
    try {
      const saved = await saveAs(name, title);
      setNaming(false);
      notifyGood(t('editor.saved'), saved.title);
    } catch (thrown) {
      notifyError(t('editor.saveFailed'), thrown);
    }
  };

  return (
    <Stack gap="md">
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t('editor.view')}
          data={[
            { value: 'form', label: t('editor.form') },
            { value: 'yaml', label: 'YAML' },
          ]}
          value={view}
          onChange={(value) => setView(value as 'form' | 'yaml')}
        />
        <Text size="xs" c="dimmed" role="status">
          {draft.checking ? t('editor.checking') : ''}
        </Text>
      </Group>
      {card?.engineReady === false ? (
        <Notice tone="info" title={t('later.title')}>
          <p>{t('later.text')}</p>
        </Notice>
      ) : null}
      {view === 'yaml' ? (
        <>
          <Suspense fallback={<Loader size="sm" aria-label={t('common:loading')} />}>
            <YamlEditor
              value={draft.text}
              onChange={setText}
              issues={draft.issues}
              schema={schema}
              label={t('editor.yamlLabel')}
              minHeight="18rem"
            />
          </Suspense>
          <IssueList issues={draft.issues} ok={!draft.checking} />
          <Text size="xs" c="dimmed">
            {t('editor.yamlHint')}
          </Text>
        </>
      ) : (
        <>
          {draft.valid ? null : (
            <Notice tone="warn" title={t('editor.invalidTitle')}>
              <p>{t('editor.invalidText')}</p>
            </Notice>
          )}
          <IssueList issues={draft.issues} />
          {draft.recipe ? (
            <RecipeForm
              recipe={draft.recipe}
              dataset={dataset}
              schema={schema}
              disabled={!draft.valid}
              onEdit={(set) => void edit(set)}
            />
          ) : draft.checking ? (
            <Loader size="sm" aria-label={t('common:loading')} />
          ) : null}
        </>
      )}
      <div className={classes['drawerFoot']}>
        <Group gap="xs">
          <Button
            variant="default"
            disabled={readOnly || broken}
            leftSection={<IconDeviceFloppy size={16} aria-hidden />}
            onClick={() => (own ? void save(draft.name) : setNaming(true))}
          >
            {own ? t('common:action.save') : t('editor.saveAs')}
          </Button>
          {own ? (
            <Button variant="subtle" disabled={readOnly || broken} onClick={() => setNaming(true)}>
              {t('editor.saveAs')}
            </Button>
          ) : null}
          {dirty ? (
            <Button variant="subtle" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={revert}>
              {t('editor.revert')}
            </Button>
          ) : null}
        </Group>
        <Button
          loading={busy}
          disabled={readOnly || broken || dataset === null || card?.engineReady === false}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => {
            if (dataset)
              void start({ dataset: dataset.dataset, recipes: [dirty ? draft.text : draft.name] }).then(
                (ok) => ok && closeDraft(),
              );
          }}
        >
          {t('editor.train')}
        </Button>
      </div>
      <Modal
        opened={naming}
        onClose={() => setNaming(false)}
        title={t('editor.saveAsTitle')}
        closeButtonProps={{ 'aria-label': t('common:action.close') }}
      >
        <SaveForm onSave={(name, title) => void save(name, title)} onClose={() => setNaming(false)} />
      </Modal>
    </Stack>
  );
}

function SaveForm({
  onSave,
  onClose,
}: {
  readonly onSave: (name: string, title: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation(['train', 'common']);
  const [title, setTitle] = useState('');
  const file = recipeFileName(title);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== '') onSave(file, title.trim());
      }}
    >
      <TextInput
        label={t('editor.name')}
        description={file === '' ? t('editor.nameHint') : t('editor.nameFile', { file })}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        data-autofocus
      />
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button type="submit" disabled={file === ''}>
          {t('common:action.save')}
        </Button>
      </Group>
    </form>
  );
}
