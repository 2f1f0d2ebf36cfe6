/** @file The keys that work everywhere. */
import { Kbd } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { routes } from '../routes.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import classes from './settings.module.css';

export function ShortcutsCard() {
  const { t } = useTranslation('settings');
  return (
    <SectionCard title={t('shortcuts.title')} hint={t('shortcuts.hint')}>
      <ul className={classes['keys']}>
        {routes.map((route) => (
          <li key={route.id}>
            <span>
              <Kbd>g</Kbd> <Kbd>{route.key}</Kbd>
            </span>
            {t(`common:page.${route.id}`)}
          </li>
        ))}
      </ul>
    </SectionCard>
  );
}
