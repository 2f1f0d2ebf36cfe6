export declare const kernelFolders: readonly string[];
/** @returns the text of the folder's kernel-bytes.ts */
export declare function compileKernel(folder?: string): Promise<string>;
