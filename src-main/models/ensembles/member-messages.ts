/** @file What the pool of member threads and a thread say to each other. */
import type { ErrorData } from '../../../src-preload/contract/index.ts';
import type { DeviceChoice } from '../device-use.ts';
import type { SeriesTask } from '../estimator.ts';
import type { MemberJob } from './member-jobs.ts';

/** Given to a thread when it starts; the columns of the frame lie in shared memory. */
export interface MemberThreadData {
  readonly task: SeriesTask;
  readonly seed: number;
  readonly threads: number;
  readonly device: DeviceChoice;
}

export type ToMember = { readonly type: 'fit'; readonly job: MemberJob };

export type FromMember =
  | { readonly type: 'progress'; readonly fraction: number; readonly message: string | null }
  | { readonly type: 'curve'; readonly name: string; readonly x: number; readonly y: number }
  | { readonly type: 'device'; readonly used: string }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly message: string }
  | { readonly type: 'done'; readonly model: unknown; readonly predicted: Float64Array | null }
  | { readonly type: 'failed'; readonly error: ErrorData };
