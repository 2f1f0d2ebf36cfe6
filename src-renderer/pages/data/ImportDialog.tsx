/** @file From file to dataset: what was read, what must be answered, what should be repaired, then one button. */
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportPreview } from '../../../src-preload/contract/index.ts';
import { datasetsStore } from '../../stores/datasets.ts';
import { openQuestions, useImportFlow } from '../../stores/import-flow.ts';
import type { ImportState } from '../../stores/import-flow.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { notifyGood } from '../../widgets/notify.ts';
import { ProgressWithEta } from '../../widgets/ProgressWithEta.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './data.module.css';
import { PreviewBody } from './PreviewBody.tsx';
import { progressKey } from './import-view.ts';
import { ReadOptions } from './ReadOptions.tsx';

const previewOf = (state: ImportState): ImportPreview | null =>
  'preview' in state ? (state.preview ?? null) : null;

/** When it is done: selects the new dataset, says so, and goes on with the next file. */
function useFinish(state: ImportState): void {
  const { t } = useTranslation('data');
  const format = useFormat();
  const close = useImportFlow((flow) => flow.close);
  useEffect(() => {
    if (state.phase !== 'done') return;
    const { dataset, rows, created, version } = state.outcome;
    datasetsStore.getState().select(dataset);
    void datasetsStore.getState().load();
    notifyGood(
      t(created ? 'import.done' : 'import.known', { dataset, version }),
      t('import.doneText', { rows: format.integer(rows) }),
    );
    close();
  }, [state, t, format, close]);
}

function Progress({ state }: { readonly state: ImportState }) {
  const { t } = useTranslation('data');
  if (state.phase !== 'sending' && state.phase !== 'reading' && state.phase !== 'importing') return null;
  return (
    <ProgressWithEta
      label={t(`import.${state.phase}`, { file: state.fileName })}
      fraction={state.fraction}
      message={
        state.message
          ? t(`progress.${progressKey(state.message)}`, { defaultValue: state.message })
          : t(`import.${state.phase}`, { file: state.fileName })
      }
    />
  );
}

export function ImportDialog() {
  const { t } = useTranslation('data');
  const format = useFormat();
  const state = useImportFlow((flow) => flow.state);
  const waiting = useImportFlow((flow) => flow.waiting.length);
  const { close, confirm, retry, answer } = useImportFlow((flow) => flow);
  useFinish(state);
  if (state.phase === 'closed' || state.phase === 'done') return null;

  const preview = previewOf(state);
  const options = 'options' in state ? (state.options ?? {}) : {};
  const open = preview ? openQuestions(preview, options) : [];
  const busy = state.phase !== 'asking';
  const failedBefore = state.phase === 'failed' && 'file' in state && state.file !== undefined;

  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={false}
      size={preview ? 'min(1120px, 100%)' : 'lg'}
      title={
        <span className={classes['dialogTitle']}>
          {t('import.title', { file: state.fileName })}
          {waiting > 0 ? <small>{t('import.waiting', { count: waiting })}</small> : null}
        </span>
      }
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
      classNames={{ body: classes['dialogBody']! }}
    >
      <div className={classes['dialogScroll']} tabIndex={-1} data-autofocus>
        <Stack gap="lg">
          {state.phase === 'failed' ? (
            <ErrorState
              error={state.error}
              title={t('import.failed')}
              onRetry={failedBefore ? retry : undefined}
            />
          ) : null}
          {failedBefore && !preview ? (
            <ReadOptions preview={null} options={options} disabled={false} startOpen onAnswer={answer} />
          ) : null}
          {preview ? (
            <PreviewBody preview={preview} options={options} disabled={busy} onAnswer={answer} />
          ) : state.phase === 'failed' ? null : (
            <div style={{ padding: '1rem 0' }}>
              <Progress state={state} />
            </div>
          )}
        </Stack>
      </div>
      <div className={classes['dialogFoot']}>
        <div className={classes['dialogStatus']} aria-live="polite">
          {preview && busy && state.phase !== 'failed' ? (
            <Progress state={state} />
          ) : preview && open.length > 0 ? (
            t('import.open', { count: open.length })
          ) : preview ? (
            t('import.summary', {
              rows: format.integer(preview.rows),
              step: format.resolution(preview.frequency),
              range: format.dateRange(preview.start, preview.end, preview.timezone ?? 'UTC'),
            })
          ) : null}
        </div>
        <Group gap="sm" wrap="nowrap">
          <Button variant="default" onClick={close}>
            {t('common:action.cancel')}
          </Button>
          {preview ? (
            <Button
              onClick={() => void confirm()}
              disabled={state.phase !== 'asking' || open.length > 0}
              loading={state.phase === 'importing'}
            >
              {t('import.confirm')}
            </Button>
          ) : null}
        </Group>
      </div>
    </Modal>
  );
}
