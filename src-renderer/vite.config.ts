/**
 * @file The renderer's build, used by electron.vite.config.ts and alone for browser mode.
 * Works under `script-src 'self'`: no inline script, no eval; every address is relative, so the same files are
 * served by http://127.0.0.1 and by Electron's own protocol.
 */
import react from '@vitejs/plugin-react';
import type { UserConfig } from 'vite';

/** @param here this folder; electron-vite bundles its configuration, after which a module no longer knows where it lay */
export const rendererConfig = (here: string): UserConfig => ({
  root: here,
  base: './',
  publicDir: `${here}/public`,
  plugins: [react()],
  server: {
    fs: { allow: [`${here}/..`] },
    // `vite src-renderer` beside `voltcast serve`: the page from here, everything else from there
    proxy: Object.fromEntries(
      ['/api', '/events', '/upload', '/download'].map((path) => [path, 'http://127.0.0.1:4280']),
    ),
  },
  build: {
    outDir: `${here}/../out/renderer`,
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: `${here}/index.html` },
  },
});

export default rendererConfig(import.meta.dirname);
