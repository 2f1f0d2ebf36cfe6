/** @file Files can be dropped anywhere on the window, whatever page is shown. */
import { IconFileImport } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadOnly } from '../stores/app.ts';
import { importFlow } from '../stores/import-flow.ts';
import { navigate } from '../stores/router.ts';
import classes from './shell.module.css';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

export function WindowDrop() {
  const { t } = useTranslation('common');
  const readOnly = useReadOnly();
  const [over, setOver] = useState(false);

  useEffect(() => {
    // enter and leave come for every element passed: only their balance says whether the pointer is still inside
    let depth = 0;
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const overIt = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      // without this the browser would leave the app and show the file
      event.preventDefault();
      depth = 0;
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (readOnly || files.length === 0) return;
      navigate('data');
      importFlow.getState().open(files);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', overIt);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', overIt);
      window.removeEventListener('drop', drop);
    };
  }, [readOnly]);

  if (!over) return null;
  return (
    <div className={classes['dropOverlay']} aria-hidden>
      <div className={classes['dropFrame']}>
        <IconFileImport size={44} stroke={1.4} />
        <strong>{readOnly ? t('drop.readOnly') : t('drop.title')}</strong>
        {readOnly ? null : <span>{t('drop.text')}</span>}
      </div>
    </div>
  );
}
