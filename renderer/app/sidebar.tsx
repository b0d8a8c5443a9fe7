/** Samples and the runs of this sitting. A rail of icons in a middling window, a sheet in a small one. */
import { FileText, History, LayoutPanelLeft, Pin, PinOff, Plus } from 'lucide-react';
import { Dialog, Popover } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import type { LabInput, RunEntry } from '../state/types';
import { formatClock } from './format';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { Thumbnail } from './thumbnail';
import { NARROW } from './use-column';
import { useMedia } from './use-theme';

/** Beside the content; over it in a small window, and only while it is asked for. */
export function Sidebar({ onOpen }: { readonly onOpen: () => void }) {
  const narrow = useMedia(NARROW);
  const rail = useMedia('(max-width: 1199px)');
  if (narrow) return <SidebarSheet onOpen={onOpen} />;
  return (
    <nav className="sidebar" aria-label={en.sidebar} data-region="sidebar">
      <Place />
      <Samples onOpen={onOpen} />
      {rail ? <RunsPopover /> : <Runs />}
    </nav>
  );
}

function SidebarSheet({ onOpen }: { readonly onOpen: () => void }) {
  const lab = useLab();
  const open = useLabState((state) => state.dialog === 'sidebar');
  const close = (): void => lab.views.dialog('none');
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="sidebar sidebar-sheet"
          aria-describedby={undefined}
          onKeyDown={(event) => {
            if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'b') return;
            event.preventDefault();
            close();
          }}
        >
          <Dialog.Title className="visually-hidden">{en.sidebar}</Dialog.Title>
          <Place />
          <Samples
            onOpen={() => {
              close();
              onOpen();
            }}
            onChosen={close}
          />
          <Runs onChosen={close} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The runs behind one icon of the rail. */
function RunsPopover() {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="button quiet icon sidebar-history" aria-label={en.showRuns} title={en.showRuns}>
        <History />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu runs-menu" side="right" align="end" sideOffset={12} collisionPadding={8} aria-label={en.runs}>
          <Runs onChosen={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Place() {
  return (
    <p className="sidebar-place" aria-current="page">
      <LayoutPanelLeft /> <span>{en.workbench}</span>
    </p>
  );
}

interface ListProps {
  /** Something was chosen: a list that lies over the content goes. */
  readonly onChosen?: () => void;
}

function Samples({ onOpen, onChosen }: ListProps & { readonly onOpen: () => void }) {
  const lab = useLab();
  const samples = useLabState((state) => state.samples);
  const current = useLabState((state) => state.input?.sampleId);
  return (
    <>
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
              aria-current={current === sample.id}
              title={sample.name}
              onClick={() => {
                onChosen?.();
                void lab.inputs.openSample(sample.id);
              }}
            >
              <SamplePicture sample={sample.id} input={sample.input} modality={sample.modality} />
              <span className="ellipsis">{sample.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Runs({ onChosen }: ListProps) {
  const runs = useLabState((state) => state.runs);
  const shown = useLabState((state) => state.shownRunId);
  return (
    <>
      <div className="sidebar-head">
        <h2>{en.runs}</h2>
        <span>{runs.length || ''}</span>
      </div>
      <ul className="sidebar-runs">
        {runs.length === 0 ? <li className="sidebar-none">{en.noRuns}</li> : null}
        {runs.map((run) => (
          <RunItem key={run.id} run={run} current={run.id === shown} onChosen={onChosen} />
        ))}
      </ul>
    </>
  );
}

function RunItem({
  run,
  current,
  onChosen,
}: {
  readonly run: RunEntry;
  readonly current: boolean;
  readonly onChosen: (() => void) | undefined;
}) {
  const lab = useLab();
  const title = useLabState((state) => state.models.find((entry) => entry.id === run.modelId)?.title ?? run.modelId);
  return (
    <li className="sidebar-run" data-current={current}>
      <button
        type="button"
        aria-current={current}
        title={`${run.title} · ${title}`}
        onClick={() => {
          onChosen?.();
          lab.inputs.restoreRun(run.id);
        }}
      >
        <SamplePicture sample={run.input.sampleId} input={run.input} modality={run.input.kind} />
        <span className="sidebar-run-text">
          <span className="ellipsis">{run.title}</span>
          <small className="ellipsis">
            {formatClock(run.at)} · {en.shortModels[run.modelId] ?? title}
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
