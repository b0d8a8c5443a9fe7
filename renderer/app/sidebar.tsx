/** Samples and the runs of this sitting. A rail of icons in a small window. */
import { FileText, LayoutPanelLeft, Pin, PinOff, Plus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { LabInput, RunEntry } from '../state/types';
import { formatClock } from './format';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { Thumbnail } from './thumbnail';

export function Sidebar({ onOpen }: { readonly onOpen: () => void }) {
  const lab = useLab();
  const samples = useLabState((state) => state.samples);
  const input = useLabState((state) => state.input);
  const runs = useLabState((state) => state.runs);
  const shown = useLabState((state) => state.shownRunId);
  return (
    <nav className="sidebar" aria-label={en.sidebar} data-region="sidebar">
      <p className="sidebar-place" aria-current="page">
        <LayoutPanelLeft /> <span>{en.workbench}</span>
      </p>
      <div className="sidebar-head">
        <h2>{en.samples}</h2>
        <button type="button" className="button quiet icon small" aria-label={en.addSample} title={en.addSample} onClick={onOpen}>
          <Plus />
        </button>
      </div>
      <ul className="sidebar-samples">
        {samples.map((sample) => (
          <li key={sample.id}>
            <button
              type="button"
              className="sidebar-item"
              aria-current={input?.sampleId === sample.id}
              title={sample.name}
              onClick={() => void lab.inputs.openSample(sample.id)}
            >
              <SamplePicture sample={sample.id} input={sample.input} modality={sample.modality} />
              <span className="ellipsis">{sample.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className="sidebar-head sidebar-runs-head">
        <h2>{en.runs}</h2>
        <span>{runs.length || ''}</span>
      </div>
      <ul className="sidebar-runs">
        {runs.length === 0 ? <li className="sidebar-none">{en.noRuns}</li> : null}
        {runs.map((run) => (
          <RunItem key={run.id} run={run} current={run.id === shown} />
        ))}
      </ul>
    </nav>
  );
}

function RunItem({ run, current }: { readonly run: RunEntry; readonly current: boolean }) {
  const lab = useLab();
  const model = useLabState((state) => state.models.find((entry) => entry.id === run.modelId)?.title ?? run.modelId);
  return (
    <li className="sidebar-run" data-current={current}>
      <button type="button" aria-current={current} title={run.title} onClick={() => lab.inputs.restoreRun(run.id)}>
        <SamplePicture sample={run.input.sampleId} input={run.input} modality={run.input.kind} />
        <span className="sidebar-run-text">
          <span className="ellipsis">{run.title}</span>
          <small className="ellipsis">
            {formatClock(run.at)} · {model}
          </small>
        </span>
      </button>
      <button
        type="button"
        className="button quiet icon small"
        aria-label={`${run.pinned ? en.unpin : en.pin} ${run.title}`}
        aria-pressed={run.pinned}
        onClick={() => lab.views.pinRun(run.id)}
      >
        {run.pinned ? <PinOff /> : <Pin />}
      </button>
    </li>
  );
}

function SamplePicture({
  sample,
  input,
  modality,
}: {
  readonly sample: string;
  readonly input: LabInput | null;
  readonly modality: 'image' | 'text';
}) {
  if (modality === 'text') return <FileText className="sidebar-text" />;
  return <PictureThumbnail sample={sample} input={input} />;
}

/** The picture of an input, or of a built-in sample that was not opened yet: then its file is shown by the browser. */
function PictureThumbnail({ sample, input }: { readonly sample: string; readonly input: LabInput | null }) {
  const lab = useLab();
  const picture = input?.kind === 'image' ? lab.arrays.pictures.get(input.pictureId) : undefined;
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (picture) return;
    let url = '';
    let gone = false;
    lab.thumbnailBytes(sample).then(
      (bytes) => {
        if (gone) return;
        url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
        if (image.current) image.current.src = url;
      },
      // A sample without a picture keeps its empty square.
      () => undefined,
    );
    return () => {
      gone = true;
      URL.revokeObjectURL(url);
    };
  }, [lab, sample, picture]);
  return picture ? <Thumbnail picture={picture} size={28} /> : <img ref={image} className="thumbnail" alt="" />;
}
