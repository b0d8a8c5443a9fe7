import { Check, ImageIcon, Spline, SquareDashed } from 'lucide-react';
import { Popover } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import type { Size } from '../../draw/area-average';
import './image.css';
import { heldInside, type PixelRect, regionText } from './region';
import type { OverlayMode } from './stage-painting';
import { IMAGE_WORDS as WORDS } from './words';

export interface StageView {
  readonly mode: OverlayMode;
  /** 0..1. */
  readonly opacity: number;
  readonly outline: boolean;
}

export interface StageToolsProps {
  readonly view: StageView;
  readonly onView: (view: StageView) => void;
  /** No map is shown: only the region can be chosen. */
  readonly idle: boolean;
  readonly picture: Size;
  readonly region: PixelRect | null;
  readonly onRegion: (region: PixelRect | null, done: boolean) => void;
  readonly brushing: boolean;
  readonly onBrushing: (brushing: boolean) => void;
  /** Whether the original is shown; null where there is nothing else to show than the input itself. */
  readonly original: boolean | null;
  readonly onOriginal: (shown: boolean) => void;
  /** Labels that can go, go: a narrow column. */
  readonly narrow: boolean;
}

/** Heat or Spotlight, opacity, outline, region, original. */
export function StageTools(props: StageToolsProps) {
  const { view, onView, idle, narrow } = props;
  const name = useId();
  return (
    <div className="stage-tools">
      <div className="stage-segments" role="radiogroup" aria-label={WORDS.overlay}>
        {(['heat', 'spotlight'] as const).map((mode) => (
          <label key={mode}>
            <input
              type="radio"
              name={name}
              className="visually-hidden"
              checked={view.mode === mode}
              disabled={idle}
              onChange={() => onView({ ...view, mode })}
            />
            <span>{WORDS[mode]}</span>
          </label>
        ))}
      </div>
      <label className="stage-opacity">
        <span>{WORDS.opacity}</span>
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(view.opacity * 100)}
          disabled={idle}
          style={{ width: narrow ? 56 : 76, ['--filled' as string]: `${view.opacity * 100}%` }}
          aria-valuetext={`${Math.round(view.opacity * 100)} %`}
          onChange={(event) => onView({ ...view, opacity: Number(event.target.value) / 100 })}
        />
      </label>
      <span className="stage-tools-gap" />
      {props.original === null ? null : (
        <IconToggle
          icon={<ImageIcon aria-hidden="true" />}
          label={WORDS.original}
          title={WORDS.originalHint}
          pressed={props.original}
          onPress={props.onOriginal}
        />
      )}
      {narrow ? (
        <IconToggle
          icon={<Spline aria-hidden="true" />}
          label={WORDS.outline}
          title={WORDS.outline}
          pressed={view.outline}
          disabled={idle}
          onPress={(outline) => onView({ ...view, outline })}
        />
      ) : (
        <StageCheck checked={view.outline} label={WORDS.outline} disabled={idle} onChange={(outline) => onView({ ...view, outline })} />
      )}
      <RegionButton {...props} />
    </div>
  );
}

interface IconToggleProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly title: string;
  readonly pressed: boolean;
  readonly disabled?: boolean;
  readonly onPress: (pressed: boolean) => void;
}

function IconToggle({ icon, label, title, pressed, disabled = false, onPress }: IconToggleProps) {
  return (
    <button
      type="button"
      className="stage-button icon"
      aria-pressed={pressed}
      disabled={disabled}
      title={title}
      onClick={() => onPress(!pressed)}
    >
      {icon}
      <span className="visually-hidden">{label}</span>
    </button>
  );
}

interface StageCheckProps {
  readonly checked: boolean;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

function StageCheck({ checked, label, disabled = false, onChange }: StageCheckProps) {
  return (
    <label className="stage-check">
      <input
        type="checkbox"
        className="visually-hidden"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="stage-check-box" aria-hidden="true">
        {checked ? <Check /> : null}
      </span>
      {label}
    </label>
  );
}

function RegionButton({ picture, region, onRegion, brushing, onBrushing, narrow }: StageToolsProps) {
  return (
    <Popover.Root open={brushing} onOpenChange={onBrushing} modal={false}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className={`stage-button ${narrow ? 'icon' : ''}`}
          aria-pressed={brushing}
          title={narrow ? WORDS.region : undefined}
        >
          <SquareDashed aria-hidden="true" />
          <span className={narrow ? 'visually-hidden' : ''}>{WORDS.region}</span>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="stage-popover"
          side="bottom"
          align="end"
          sideOffset={6}
          // The region is drawn on the picture while this is open: a press there must not close it, nor may focus be taken from the keys.
          onInteractOutside={(event) => event.preventDefault()}
          onOpenAutoFocus={(event) => event.preventDefault()}
        >
          <RegionFields picture={picture} region={region} onRegion={onRegion} />
          <p>{WORDS.regionHint}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

type RegionFieldsProps = Pick<StageToolsProps, 'picture' | 'region' | 'onRegion'>;

/** The region as four numbers, for whoever does not drag. */
export function RegionFields({ picture, region, onRegion }: RegionFieldsProps) {
  const shown = region ?? { x: 0, y: 0, width: picture.width, height: picture.height };
  const fields = [
    ['x', 'x', picture.width - 1],
    ['y', 'y', picture.height - 1],
    ['width', WORDS.width, picture.width],
    ['height', WORDS.height, picture.height],
  ] as const;
  return (
    <fieldset className="region-fields">
      <legend className="visually-hidden">{region ? `${WORDS.region}: ${regionText(region)}` : WORDS.region}</legend>
      {fields.map(([key, label, max]) => (
        <label key={key}>
          <span className="region-field-name">{label}</span>
          <input
            type="number"
            min={key === 'x' || key === 'y' ? 0 : 1}
            max={max}
            value={region ? shown[key] : ''}
            onChange={(event) => {
              if (Number.isFinite(event.target.valueAsNumber))
                onRegion(heldInside({ ...shown, [key]: event.target.valueAsNumber }, picture), true);
            }}
          />
        </label>
      ))}
      <button type="button" className="stage-button" disabled={!region} onClick={() => onRegion(null, true)}>
        {WORDS.clear}
      </button>
    </fieldset>
  );
}
