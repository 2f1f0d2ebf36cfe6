/** @file The keys that work everywhere. */
import { Kbd } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { places } from '../places.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import classes from './settings.module.css';

export function ShortcutsCard() {
  const { t } = useTranslation('settings');
  return (
    <SectionCard title={t('shortcuts.title')} hint={t('shortcuts.hint')}>
      <ul className={classes['keys']}>
        {places.map((place) => (
          <li key={place.id}>
            <span>
              <Kbd>g</Kbd> <Kbd>{place.key}</Kbd>
            </span>
            {t(`common:page.${place.id}`)}
          </li>
        ))}
      </ul>
    </SectionCard>
  );
}
