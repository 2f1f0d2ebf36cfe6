/**
 * @file Looks for a graphics adapter, says in one line what it found, and ends. A process of its own: a faulty driver ends no more
 * than this one.
 */
import { findAdapter } from '../models/boosting/gpu/gpu-device.ts';
import { adapterMark } from './adapter.ts';

const adapter = await findAdapter().catch(() => null);
process.stdout.write(`\n${adapterMark}${JSON.stringify(adapter)}\n`, () => process.exit(0));
