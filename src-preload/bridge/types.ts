/** @file What the page finds as `window.voltcast` inside Electron. Imports types only: the renderer may read this file. */
import type { AppEvent, ErrorData } from '../contract/index.ts';

export interface VoltcastBridge {
  call(name: string, input: unknown): Promise<{ result: unknown } | { error: ErrorData }>;
  /** returns the function that stops listening */
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** files the system asked the app to open ("Open with", a second start); returns the function that stops listening */
  onOpenFiles(listener: (files: readonly string[]) => void): () => void;
  /** absolute path of a file dropped on the window; empty for a file that has none */
  pathForFile(file: File): string;
  readonly platform: string;
}
