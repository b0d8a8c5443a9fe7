import * as nativeOrt from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Sessions } from './sessions';

const sessions = () => new Sessions({ ort: nativeOrt, engine: 'native', threads: 1, weights: { folder: null, files: new Map() } });

describe('A session', () => {
  it('that the engine does not take is a failure of the engine', async () => {
    const graph = { write: () => Uint8Array.of(1, 2, 3), pointsToWeights: false };
    await expect(sessions().make('encode', graph)).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('encode'),
    });
  });

  it('whose graph cannot be written is not blamed on the engine', async () => {
    const graph = {
      write: () => {
        throw new RangeError('4.5 is no dimension');
      },
      pointsToWeights: false,
    };
    await expect(sessions().make('encode', graph)).rejects.toThrow(new RangeError('4.5 is no dimension'));
    await expect(sessions().run('encode', graph, {})).rejects.toThrow(RangeError);
  });
});
