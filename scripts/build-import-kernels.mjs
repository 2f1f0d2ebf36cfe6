/**
 * @file Compiles the import kernels (src-main/data/kernels/assembly) with AssemblyScript into kernels-wasm.ts, which is
 * committed, so that nothing has to be built to run: `node scripts/build-import-kernels.mjs`. A test compiles again and
 * compares.
 */
import fs from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const folder = path.join(import.meta.dirname, '..', 'src-main', 'data', 'kernels');

/** @returns {Promise<string>} the text of kernels-wasm.ts */
export async function buildKernels() {
  const files = new Map();
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['--baseDir', path.join(folder, 'assembly'), '--outFile', 'kernels.wasm'],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory'],
    ],
    {
      readFile: (name, base) => {
        const file = path.resolve(base, name);
        return file.startsWith(folder) && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
      },
      writeFile: (name, contents) => files.set(name, contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const text = Buffer.from(files.get('kernels.wasm')).toString('base64');
  const lines = text.match(/.{1,100}/g).map((line) => `  '${line}'`);
  return (
    '/** @file Made by scripts/build-import-kernels.mjs from assembly/*.ts: do not edit. */\n' +
    `export const kernelsWasm =\n${lines.join(' +\n')};\n`
  );
}

if (process.argv[1] === import.meta.filename)
  fs.writeFileSync(path.join(folder, 'kernels-wasm.ts'), await buildKernels());
