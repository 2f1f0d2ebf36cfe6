/** @returns the text of the kernel's kernel-bytes.ts */
export declare function compileKernel(name: 'kernels' | 'predict' | 'optimiser'): Promise<string>;
