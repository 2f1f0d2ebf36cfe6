/**
 * @file Compiles the boosting kernels (AssemblyScript) and writes their bytes as modules, so that nothing is read from disk at
 * run time: `node scripts/build-kernels.mjs`. A test compiles again and compares.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const boosting = new URL('../src-main/models/boosting/', import.meta.url);
/** folders that hold `assembly/index.ts` and get `kernel-bytes.ts` */
export const kernelFolders = ['kernels', 'predict'];

/**
 * @param {string} folder one of {@link kernelFolders}
 * @returns {Promise<string>} the text of its kernel-bytes.ts
 */
export async function compileKernel(folder = 'kernels') {
  const root = fileURLToPath(new URL(`${folder}/`, boosting));
  const { default: compiler } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await compiler.main(
    [
      'assembly/index.ts',
      ...['--outFile', 'kernel.wasm', '--baseDir', root, '--runtime', 'stub', '--noAssert'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge'],
      ...['--enable', 'threads', '--enable', 'simd', '--importMemory', '--sharedMemory'],
      ...['--initialMemory', '1', '--maximumMemory', '65536', '--noExportMemory'],
    ],
    { writeFile: (name, contents) => void (name.endsWith('.wasm') && (bytes = contents)) },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const text = Buffer.from(bytes).toString('base64');
  return `/** @file Made by scripts/build-kernels.mjs from assembly/: the compiled kernel, base64. Not to be edited. */\nexport const kernelBytes =\n  '${text}';\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const folder of kernelFolders) {
    const text = await compileKernel(folder);
    writeFileSync(new URL(`${folder}/kernel-bytes.ts`, boosting), text);
    console.log(`${folder}/kernel-bytes.ts: ${text.length} characters`);
  }
}
