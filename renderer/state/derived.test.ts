import { expect, it } from 'vitest';
import type { ModelInfo } from '../../models/runtime/types';
import { DEFAULT_VIEW } from './defaults';
import { fittingView } from './derived';

it('a head, block or layer chosen for one model gives way where another has fewer, and stays where it has them', () => {
  const chosen = { ...DEFAULT_VIEW, readHead: 5, layerHead: 7, writeHead: 1, block: 3, layer: 6 };
  const small = { encoderHeads: 1, layerHeads: 8, decoderHeads: 0, blocks: 1, layersPerBlock: 4 } as ModelInfo;
  expect(fittingView(chosen, small)).toEqual({ ...chosen, readHead: 'mean', writeHead: 'mean', block: 0, layer: 3 });
  const large = { encoderHeads: 6, layerHeads: 8, decoderHeads: 2, blocks: 8, layersPerBlock: 7 } as ModelInfo;
  expect(fittingView(chosen, large)).toEqual(chosen);
});
