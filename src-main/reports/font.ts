/** @file The type a report is set in, embedded so that it looks the same everywhere. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

let cached: string | null | undefined;

/** Base64 of Inter (Latin, variable weight, SIL Open Font Licence); null where it is not installed, then the system's type is used. */
export function reportFont(): string | null {
  if (cached !== undefined) return cached;
  try {
    const file = createRequire(import.meta.url).resolve(
      '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
    );
    cached = readFileSync(file).toString('base64');
  } catch {
    cached = null;
  }
  return cached;
}
