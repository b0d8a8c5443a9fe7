import { Binary, Pencil } from 'lucide-react';
import { formatCount } from '../../app/format';
import type { TextView } from './use-text-view';
import { TEXT_WORDS as WORDS } from './words';

const MASK_KEYS = navigator.userAgent.includes('Mac') ? '⇧⌘M' : 'Ctrl+Shift+M';

export interface TextToolsProps {
  readonly view: TextView;
  /** Bytes of the whole text. */
  readonly all: number;
  readonly canMask: boolean;
  /** All of the selection is masked already. */
  readonly unmask: boolean;
  readonly onMask: () => void;
  readonly anyMasks: boolean;
  readonly onClearMasks: () => void;
  readonly editing: boolean;
  readonly onEditing: (editing: boolean) => void;
  readonly ids: boolean;
  readonly onIds: (ids: boolean) => void;
}

/** Mask, unmask, edit, show byte values; and how much text there is. */
export function TextTools(props: TextToolsProps) {
  const { view, all } = props;
  const read = view.bytes.length;
  const bytes = read === all ? WORDS.byteCount(formatCount(all), all === 1) : WORDS.bytesOf(formatCount(read), formatCount(all));
  return (
    <div className="text-tools">
      {/* Not `disabled`: pressing it must not take the focus, and so the selection, out of an editor. */}
      <button
        type="button"
        className="text-button"
        aria-disabled={!props.canMask}
        title={props.canMask ? undefined : WORDS.selectFirst}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => props.canMask && props.onMask()}
      >
        {props.unmask ? WORDS.unmaskSelection : WORDS.maskSelection} <kbd>{props.editing ? MASK_KEYS : 'M'}</kbd>
      </button>
      {props.anyMasks ? (
        <button type="button" className="text-button quiet" onClick={props.onClearMasks}>
          {WORDS.clearMasks}
        </button>
      ) : null}
      {props.editing ? (
        <button type="button" className="text-button quiet" onClick={() => props.onEditing(false)}>
          {WORDS.done}
        </button>
      ) : (
        <>
          <button
            type="button"
            className="text-button quiet icon"
            title={WORDS.editHint}
            aria-label={WORDS.edit}
            onClick={() => props.onEditing(true)}
          >
            <Pencil aria-hidden="true" />
          </button>
          <button
            type="button"
            className="text-button quiet icon"
            aria-pressed={props.ids}
            title={WORDS.bytesHint}
            aria-label={WORDS.bytesHint}
            onClick={() => props.onIds(!props.ids)}
          >
            <Binary aria-hidden="true" />
          </button>
        </>
      )}
      <span className="text-counts">
        <span>{WORDS.characters(formatCount(view.characters), view.characters === 1)}</span>
        {' · '}
        <span>{bytes}</span>
        {' · '}
        <span>{WORDS.masked(formatCount(view.maskedCount))}</span>
      </span>
    </div>
  );
}
