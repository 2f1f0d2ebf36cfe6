/** @file Providers around the shell: theme, notifications, language and the last line of defence. */
import { MantineProvider, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import i18n, { resolveLanguage } from '../i18n.ts';
import { useApp } from '../stores/app.ts';
import { cssVariablesResolver, theme } from '../theme/theme.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Shell } from './Shell.tsx';

/** Applies language and theme of the settings as soon as they are known or change. */
function FollowSettings() {
  const { language, theme: wanted } = useApp((state) => state.settings);
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => setColorScheme(wanted === 'system' ? 'auto' : wanted), [wanted, setColorScheme]);
  useEffect(() => {
    const next = resolveLanguage(language, navigator.languages);
    document.documentElement.lang = next;
    void i18n.changeLanguage(next);
  }, [language]);
  return null;
}

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <FollowSettings />
      <Notifications position="bottom-right" limit={4} />
      <ErrorBoundary>
        <Shell />
      </ErrorBoundary>
    </MantineProvider>
  );
}
