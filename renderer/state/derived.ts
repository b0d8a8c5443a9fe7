/** What follows from the state and is therefore not in it: the shown run, its model, whether it is out of date, what of the view fits it. */
import type { ModelInfo } from '../../models/runtime/types';
import type { LabState, RunEntry, View } from './types';

/** The run whose result is on screen. */
export function shownRun({ runs, shownRunId }: Pick<LabState, 'runs' | 'shownRunId'>): RunEntry | undefined {
  return runs.find((run) => run.id === shownRunId);
}

export function shownInfo(state: Pick<LabState, 'runs' | 'shownRunId' | 'models'>): ModelInfo | undefined {
  const run = shownRun(state);
  return state.models.find((model) => model.id === run?.modelId)?.info;
}

/** The input on the stage is not that of the shown run. An edit makes a new input, undo brings the old one back. */
export function isOutOfDate(state: Pick<LabState, 'runs' | 'shownRunId' | 'input'>): boolean {
  return state.input !== null && state.input !== shownRun(state)?.input;
}

/** The view as far as a model has what was chosen for another: the mean for a head that it lacks, its last block and layer. */
export function fittingView(view: View, info: ModelInfo): View {
  const held = (head: number | 'mean', heads: number): number | 'mean' => (head !== 'mean' && head < heads ? head : 'mean');
  return {
    ...view,
    readHead: held(view.readHead, info.encoderHeads),
    layerHead: held(view.layerHead, info.layerHeads),
    writeHead: held(view.writeHead, info.decoderHeads),
    block: Math.min(view.block, info.blocks - 1),
    layer: Math.min(view.layer, info.layersPerBlock - 1),
  };
}
