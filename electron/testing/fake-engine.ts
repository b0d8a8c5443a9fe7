/**
 * An engine's process without an engine, for tests of what lies around one: real process, real pipe, arithmetic instead
 * of a model. Model ids tell it how to misbehave; FAKE_ENGINE tells it how to start.
 */
import { LabError } from '../../models/lab-error';
import { runEngineProcess, type Service, type ServiceOptions } from '../engine/engine-process';
import { parentOf } from '../engine/parent';

/** Keeps what `grow` took, so that the process stays large. */
const grown: Uint8Array[] = [];

const manner = process.env.FAKE_ENGINE ?? 'well';

if (manner === 'crash-at-start') process.exit(3);
if (manner === 'deaf') setInterval(() => undefined, 1000);
else runEngineProcess(parentOf(process), createService, manner === 'soon-idle' ? { idleMs: 1000 } : {});

async function createService({ engine, threads, resolve }: ServiceOptions): Promise<Service> {
  if (manner === 'no-library') throw new LabError('engine-unavailable', 'The library does not load.', 'Choose another engine.');
  return {
    device: `fake ${engine}, ${threads} threads`,
    handlers: {
      open: async ({ modelId }) => {
        if (modelId === 'crash') process.exit(139);
        if (modelId === 'block') for (;;);
        if (modelId === 'abort') process.abort();
        const grows = modelId === 'grow';
        if (grows) grown.push(new Uint8Array(256 * 1024 * 1024).fill(1));
        await resolve(grows ? 'known' : modelId);
        return {
          architecture: `process ${process.pid}`,
          task: 'masked-lm',
          modality: 'text',
          inputRows: 512,
          inputChannels: 8,
          latents: 4,
          latentChannels: 8,
          blocks: 1,
          layersPerBlock: 2,
          encoderHeads: 1,
          layerHeads: 1,
          decoderHeads: 1,
          queries: 512,
          outputs: 262,
          layout: { kind: 'sequence', length: 512 },
          parameters: 1000,
          weightBytes: 2000,
          weightType: 'F16',
          notes: [],
          labels: [],
        };
      },
      run: async ({ runId }, { signal, report }) => {
        for (let done = 0; done < 1000; done++) {
          if (signal.aborted) throw LabError.cancelled();
          report({ stage: 'process', done, steps: 1000 });
          await new Promise((next) => setTimeout(next, 5));
        }
        throw new LabError('internal', `Run ${runId} was not cancelled.`, 'Cancel it.');
      },
      ask: ({ rows }) => {
        const asked = Uint32Array.from(rows === 'all' ? [0, 1, 2, 3] : rows);
        const weights = Float32Array.from(asked, (row) => row / 7);
        return {
          rows: asked,
          columns: 1,
          grid: null,
          attended: 7,
          heads: 1,
          weights,
          rowsRead: weights,
          highest: weights,
          highestAt: asked,
          regionShare: new Float32Array(0),
        };
      },
      forget: () => undefined,
      check: () => ({ maxDifference: manner === 'disagree' ? 1 : 1e-6, limit: 1e-3, agrees: manner !== 'disagree' }),
    },
  };
}
