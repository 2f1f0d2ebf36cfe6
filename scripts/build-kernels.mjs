/**
 * @file Compiles the kernels of boosting and of the optimiser (AssemblyScript) and writes their bytes as modules, so that nothing is read
 * from disk at run time: `node scripts/build-kernels.mjs`. A test compiles again and compares.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const shared = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
/** folders that hold `assembly/index.ts` and get `kernel-bytes.ts` */
const kernels = {
  kernels: 'models/boosting/kernels/',
  predict: 'models/boosting/predict/',
  optimiser: 'tensor/kernel/',
};

const folderOf = (name) => new URL(`../src-main/${kernels[name]}`, import.meta.url);

/**
 * @param {keyof typeof kernels} name
 * @returns {Promise<string>} the text of its kernel-bytes.ts
 */
export async function compileKernel(name) {
  const root = fileURLToPath(folderOf(name));
  const { default: compiler } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await compiler.main(
    [
      'assembly/index.ts',
      ...['--outFile', 'kernel.wasm', '--baseDir', root, '--runtime', 'stub', '--noAssert'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge'],
      ...['--enable', 'simd', '--importMemory', '--noExportMemory', ...shared],
    ],
    { writeFile: (name, contents) => void (name.endsWith('.wasm') && (bytes = contents)) },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const text = Buffer.from(bytes).toString('base64');
  return `/** @file Made by scripts/build-kernels.mjs from assembly/: the compiled kernel, base64. Not to be edited. */\nexport const kernelBytes =\n  '${text}';\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of Object.keys(kernels)) {
    const text = await compileKernel(name);
    writeFileSync(new URL('kernel-bytes.ts', folderOf(name)), text);
    console.log(`${name}: ${text.length} characters`);
  }
}
