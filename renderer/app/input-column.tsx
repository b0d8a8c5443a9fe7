/** The input: what the model got, the map that lies on it, what can be changed. */
import { ChevronLeft, ChevronRight, FolderOpen } from 'lucide-react';
import type { ColourTable, Theme } from '../draw/colour-maps';
import type { TextLayout } from '../panels/text/text-layout';
import { isEdited } from '../state/keep-inputs';
import type { LabInput } from '../state/types';
import { stepLatent } from './commands';
import { focusStage } from './focus';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { MapNotice } from './map-notice';
import { Notice } from './notice';
import { PictureInput } from './picture-input';
import { type Shown, useInputMap } from './shown';
import { TextInputPanel } from './text-input';
import { IconButton } from './title-bar';
import { useColumn } from './use-column';
import { useLate } from './use-late';

export function InputColumn(props: {
  readonly shown: Shown | null;
  readonly table: ColourTable;
  readonly theme: Theme;
  readonly onOpen: () => void;
  readonly onLayout: (layout: TextLayout) => void;
}) {
  const lab = useLab();
  const { shown } = props;
  const input = useLabState((state) => state.input);
  const map = useInputMap(shown);
  const opening = useLabState((state) => state.opening);
  const openingLate = useLate(opening !== null);
  const adding = useLabState((state) => state.adding);
  const inputError = useLabState((state) => state.inputError);
  const builtIn = useLabState((state) => state.samples.find((sample) => sample.id === state.input?.sampleId)?.origin === 'built-in');
  const latentShown = map?.question.step.kind === 'encoder';
  return (
    <section className="column column-input" {...useColumn('input')}>
      <header className="column-head">
        <h2>{map?.title ?? input?.name ?? en.columns.input}</h2>
        {latentShown ? (
          <>
            <IconButton label={en.previous} onClick={() => stepLatent(lab, -1)}>
              <ChevronLeft />
            </IconButton>
            <IconButton label={en.next} onClick={() => stepLatent(lab, 1)}>
              <ChevronRight />
            </IconButton>
          </>
        ) : (
          <button type="button" className="button" onClick={props.onOpen}>
            <FolderOpen />
            {en.open}
          </button>
        )}
      </header>
      <p className="column-sentence">{map?.sentence ?? (input ? originOf(input, builtIn) : en.empty)}</p>
      {opening && openingLate ? <Reading what={en.drop.opening(opening)} onCancel={() => lab.inputs.cancelOpening()} /> : null}
      {adding ? <Reading what={en.drop.adding(adding)} onCancel={() => lab.inputs.cancelAdding()} /> : null}
      {inputError ? (
        <Notice
          error={inputError}
          onClose={() => {
            focusStage();
            lab.store.setState({ inputError: null });
          }}
        />
      ) : null}
      <MapNotice error={map?.failure ?? null} region="Input" />
      <div className="column-scroll">
        {input === null ? (
          <section className="stage-empty" aria-label={en.empty}>
            <p>{en.drop.invitation}</p>
            <button type="button" className="button" onClick={props.onOpen}>
              {en.open}
            </button>
          </section>
        ) : input.kind === 'image' ? (
          <PictureInput {...props} map={map} input={input} />
        ) : (
          <TextInputPanel {...props} map={map} input={input} />
        )}
        {input?.notes.map((note) => (
          <p className="column-note" key={note}>
            {note}
          </p>
        ))}
        {map === null && input !== null ? (
          <p className="drop-invitation">
            {en.drop.invitation} <small>{en.drop.privacy}</small>
          </p>
        ) : null}
      </div>
    </section>
  );
}

function Reading({ what, onCancel }: { readonly what: string; readonly onCancel: () => void }) {
  return (
    <p className="column-note" role="status">
      {what}{' '}
      <button type="button" className="link" onClick={onCancel}>
        {en.cancel}
      </button>
    </p>
  );
}

/** Where what is on the stage came from, in a sentence. */
function originOf(input: LabInput, builtIn: boolean): string {
  if (isEdited(input)) return en.sentences.edited;
  return builtIn ? en.sentences.sample : en.sentences.yours;
}
