/**
 * @file Compiles the boosting kernel (AssemblyScript) and writes its bytes as a module, so that nothing is read from disk at
 * run time: `node scripts/build-kernels.mjs`. A test compiles again and compares.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../src-main/models/boosting/kernels/', import.meta.url));

/** @returns {Promise<string>} the text of kernel-bytes.ts */
export async function compileKernel() {
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
  const text = await compileKernel();
  writeFileSync(new URL('../src-main/models/boosting/kernels/kernel-bytes.ts', import.meta.url), text);
  console.log(`kernel-bytes.ts: ${text.length} characters`);
}
