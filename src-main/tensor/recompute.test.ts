import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** A process that runs the gradient of twelve parts of eight values each, 4 MB a value; prints it and the most memory it held, in MB. */
const program = (recompute: boolean): string => `
  import { existsSync, readFileSync } from 'node:fs';
  import { differentiate } from './differentiate.ts';
  import { Graph } from './graph.ts';
  import { mul, sin } from './ops/elementwise.ts';
  import { sum } from './ops/reduce.ts';
  import { recomputed } from './recompute.ts';
  import { Tensor, openSession } from './session.ts';
  const graph = new Graph('memory');
  const x = graph.input('x', 'float32', [1 << 20]);
  const part = (from) => { let y = from; for (let i = 0; i < 4; i++) y = mul(sin(y), y); return y; };
  let y = x;
  for (let i = 0; i < 12; i++) y = ${recompute ? 'recomputed([y], ([from]) => part(from))' : 'part(y)'};
  graph.output('gradient', sum(differentiate(sum(y), [x])[0]));
  const session = await openSession(graph, { intraOpNumThreads: 1 });
  // what the system calls the most memory of a process counts that of the one it was started from, on Linux
  const most = () => existsSync('/proc/self/status')
    ? 1024 * Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    : process.resourceUsage().maxRSS * 1024;
  const before = process.memoryUsage().rss;
  const { gradient } = await session.run({ x: new Tensor('float32', new Float32Array(1 << 20).fill(1.3), [1 << 20]) });
  console.log(JSON.stringify({ gradient: gradient.data[0], megabytes: (most() - before) / 1e6 }));
`;
const run = (recompute: boolean): { gradient: number; megabytes: number } => {
  const args = [
    '--input-type=module-typescript',
    '--disable-warning=ExperimentalWarning',
    '--eval',
    program(recompute),
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { gradient: number; megabytes: number };
};

test('the same gradient, for a fraction of the memory', () => {
  const kept = run(false);
  const again = run(true);
  expect(again.gradient).toBe(kept.gradient);
  expect(again.megabytes).toBeLessThan(kept.megabytes / 2);
});
