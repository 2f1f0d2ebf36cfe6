/** @file `system.*` and `settings.*` */
import os from 'node:os';
import { countPhysicalCores, detectDevices, executionProviders } from '../devices/detect.ts';
import { lookForAdapter } from '../services/adapter.ts';
import { runsNetworks } from '../services/foundation/network-device.ts';
import type { Handlers } from './handler.ts';

const gibibyte = 1024 ** 3;

export const system: Handlers<'system'> = {
  'system.info': async (app) => {
    const { workspace, options } = app;
    const cores = await countPhysicalCores();
    const health = workspace.checkHealth();
    const freeBytes = workspace.freeBytes();
    const providers = executionProviders();
    return {
      version: options.version,
      mode: options.mode,
      workspace: {
        path: workspace.path,
        readOnly: workspace.readOnly,
        ownerPid: workspace.ownerPid,
        schemaVersion: workspace.schemaVersion,
        freeBytes,
        healthy: health.ok,
      },
      platform: {
        os: `${os.type()} ${os.release()}`,
        arch: process.arch,
        node: process.version,
        cpu: os.cpus()[0]?.model.trim() ?? 'CPU',
        physicalCores: cores,
        memoryBytes: os.totalmem(),
      },
      checks: [
        { name: 'workspace', ok: health.ok, message: health.message },
        {
          name: 'disk',
          ok: freeBytes === null || freeBytes > gibibyte,
          message:
            freeBytes === null ? 'Free space unknown' : `${(freeBytes / gibibyte).toFixed(1)} GiB free`,
        },
        {
          name: 'memory',
          ok: os.totalmem() >= 4 * gibibyte,
          message: `${(os.totalmem() / gibibyte).toFixed(1)} GiB of memory, ${(os.freemem() / gibibyte).toFixed(1)} GiB free`,
        },
        {
          name: 'onnx-runtime',
          ok: providers.length > 0,
          message:
            providers.length > 0
              ? `ONNX Runtime is there: ${providers.join(', ')}`
              : 'ONNX Runtime could not be loaded',
        },
      ],
    };
  },
  'system.devices': async ({ options }) => {
    const devices = await detectDevices(await lookForAdapter(options.processHost));
    return devices.map((one) => (one.kind === 'gpu' ? { ...one, networks: runsNetworks(one) } : one));
  },
};

export const settings: Handlers<'settings'> = {
  'settings.get': (app) => app.workspace.getSettings(),
  'settings.set': (app, input) => app.workspace.setSettings(input),
};
