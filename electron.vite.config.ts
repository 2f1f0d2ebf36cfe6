/**
 * @file The three builds: main (out/main), preload (out/preload) and renderer (out/renderer).
 * The renderer is described in src-renderer/vite.config.ts, so that browser mode can build it alone
 * (`vite build src-renderer`) without Electron.
 */
import { existsSync, globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import { rendererConfig } from './src-renderer/vite.config.ts';

const root = import.meta.dirname;

/**
 * `index` is the shell. Every process and worker file becomes an entry under its own name, because it is started by path;
 * all output lies in one folder, so `./import-worker.js` is beside whichever chunk asks for it.
 */
function mainEntries(): Record<string, string> {
  const entries: Record<string, string> = {};
  const shell = resolve(root, 'src-main/electron/main.ts');
  if (existsSync(shell)) entries['index'] = shell;
  for (const file of globSync('src-main/**/*-{process,worker}.ts', { cwd: root })) {
    const name = basename(file, '.ts');
    if (entries[name]) throw new Error(`Two entries are called ${name}.ts; each needs a name of its own.`);
    entries[name] = resolve(root, file);
  }
  return entries;
}

const bridge = resolve(root, 'src-preload/bridge/preload.ts');

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      sourcemap: true,
      rollupOptions: {
        input: mainEntries(),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  // A sandboxed preload may only require `electron`: everything else is bundled, as CommonJS.
  ...(existsSync(bridge)
    ? {
        preload: {
          build: {
            outDir: 'out/preload',
            externalizeDeps: false,
            rollupOptions: {
              input: { index: bridge },
              external: ['electron'],
              output: { format: 'cjs', entryFileNames: '[name].cjs' },
            },
          },
        },
      }
    : {}),
  renderer: rendererConfig(resolve(root, 'src-renderer')),
});
