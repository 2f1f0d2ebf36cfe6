/** @file The frame of every screen: navigation left, dataset and running jobs on top, the page in the middle. */
import { AppShell, Burger, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { screens } from '../pages/routes.tsx';
import { useApp, useReadOnly } from '../stores/app.ts';
import { useRoute } from '../stores/router.ts';
import { valueOf } from '../stores/resource.ts';
import { Notice } from '../widgets/Notice.tsx';
import { DatasetSelect } from './DatasetSelect.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Navigation } from './Navigation.tsx';
import { RunningJobs } from './RunningJobs.tsx';
import classes from './shell.module.css';
import { useShortcuts } from './shortcuts.ts';
import { WindowDrop } from './WindowDrop.tsx';

function Banners() {
  const { t } = useTranslation('common');
  const readOnly = useReadOnly();
  const ownerPid = useApp((state) => valueOf(state.system)?.workspace.ownerPid ?? null);
  const lost = useApp((state) => state.connection === 'lost');
  return (
    <>
      {readOnly ? (
        <div className={classes['banner']}>
          <Notice tone="warn" role="status" title={t('readOnly.title')}>
            <p>{ownerPid === null ? t('readOnly.text') : t('readOnly.textPid', { pid: ownerPid })}</p>
          </Notice>
        </div>
      ) : null}
      {lost ? (
        <div className={classes['banner']}>
          <Notice tone="bad" role="status" title={t('lost.title')}>
            <p>{t('lost.text')}</p>
          </Notice>
        </div>
      ) : null}
    </>
  );
}

export function Shell() {
  const { t } = useTranslation('common');
  const route = useRoute();
  const [opened, { toggle, close }] = useDisclosure(false);
  const main = useRef<HTMLDivElement>(null);
  useShortcuts();
  const Page = screens[route.page];

  useEffect(() => {
    document.title = `${t(`page.${route.page}`)} · Voltcast`;
    close();
    window.scrollTo(0, 0);
  }, [route.page, route.id, t, close]);

  return (
    <>
      <a
        className={classes['skip']}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('skip')}
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        layout="alt"
        padding={0}
      >
        <AppShell.Header className={classes['header']}>
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t(opened ? 'nav.close' : 'nav.open')}
          />
          <DatasetSelect />
          <div style={{ flex: 1 }} />
          <RunningJobs />
        </AppShell.Header>
        <AppShell.Navbar className={classes['navbar']}>
          <Navigation current={route.page} onClose={close} />
        </AppShell.Navbar>
        <AppShell.Main>
          <div ref={main} id="main" tabIndex={-1} className={classes['main']}>
            <Banners />
            <ErrorBoundary key={`${route.page}/${route.id ?? ''}`}>
              <Suspense
                fallback={
                  <div className={classes['loading']}>
                    <Loader size="sm" aria-label={t('loading')} />
                  </div>
                }
              >
                <Page />
              </Suspense>
            </ErrorBoundary>
          </div>
        </AppShell.Main>
      </AppShell>
      <WindowDrop />
    </>
  );
}
