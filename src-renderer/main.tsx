/** @file Starts the renderer: theme, language, router, events, then the app. */
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import 'uplot/dist/uPlot.min.css';
import './theme/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import './i18n.ts';
import { App } from './shell/App.tsx';
import { startEvents } from './stores/events.ts';
import { startRouter } from './stores/router.ts';

// zod compiles parsers with `new Function` where it may; the page's policy forbids that and would log each try
z.config({ jitless: true });

startRouter();
startEvents();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
