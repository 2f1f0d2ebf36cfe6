/** @file The six places of the app. */
import { Burger, Kbd, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { places } from '../pages/places.ts';
import { toHash } from '../stores/router.ts';
import type { PageId } from '../stores/router.ts';
import { Logo } from './Logo.tsx';
import classes from './shell.module.css';

export function Navigation({ current, onClose }: { readonly current: PageId; readonly onClose: () => void }) {
  const { t } = useTranslation('common');
  return (
    <>
      <div className={classes['brand']}>
        <Logo size={28} />
        <span>Voltcast</span>
        <Burger opened onClick={onClose} hiddenFrom="sm" size="sm" ml="auto" aria-label={t('nav.close')} />
      </div>
      <nav aria-label={t('nav.label')} className={classes['nav']}>
        {places.map(({ id, icon: Icon, key }) => (
          <Tooltip
            key={id}
            position="right"
            openDelay={600}
            label={
              <>
                <Kbd size="xs">g</Kbd> <Kbd size="xs">{key}</Kbd>
              </>
            }
          >
            <a
              href={toHash(id)}
              className={classes['navLink']}
              data-place={id === 'settings' ? 'end' : undefined}
              aria-current={current === id ? 'page' : undefined}
              aria-keyshortcuts={`g ${key}`}
              onClick={onClose}
            >
              <Icon size={19} stroke={1.7} aria-hidden />
              {t(`page.${id}`)}
            </a>
          </Tooltip>
        ))}
      </nav>
    </>
  );
}
