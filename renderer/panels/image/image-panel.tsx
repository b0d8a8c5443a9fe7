import { useMemo, useRef, useState } from 'react';
import type { RgbaImage, ShownInput } from '../../../models/runtime/types';
import { formatPercent, formatTimes } from '../../app/format';
import type { Size } from '../../draw/area-average';
import type { ColourTable, Theme } from '../../draw/colour-maps';
import { fitWhole } from '../../draw/fit';
import { ownScale, type Scale, scaled } from '../../draw/scales';
import { usePixelRatio } from '../../draw/use-pixel-ratio';
import { useSize } from '../../draw/use-size';
import { Legend } from '../../latents/legend';
import './image.css';
import { ImageStage } from './image-stage';
import { OriginalView } from './original-view';
import type { PixelPlace, PixelRect } from './region';
import { atPictureSize, type StageMap, weightAt } from './stage-painting';
import { StageTools, type StageView } from './stage-tools';
import { StrongestRows } from './strongest-rows';
import { IMAGE_WORDS as WORDS } from './words';

export interface ImagePanelProps {
  readonly shown: Extract<ShownInput, { readonly kind: 'image' }>;
  /** The picture as it was opened, for the toggle; null where it is not kept. */
  readonly original: RgbaImage | null;
  readonly originalShown: boolean;
  readonly onOriginalShown: (shown: boolean) => void;
  readonly map: StageMap | null;
  /** How the input rows lie over the picture: one a pixel, or fewer where convolutions have read it. */
  readonly rows: Size;
  /** A shared scale; the map's own by default. */
  readonly scale?: Scale;
  /** One line that says what is shown: "Read, head 1 of 1. Half of its attention falls inside the line." */
  readonly sentence: string;
  readonly view: StageView;
  readonly onView: (view: StageView) => void;
  readonly table: ColourTable;
  readonly theme: Theme;
  readonly region: PixelRect | null;
  readonly onRegion: (region: PixelRect | null, done: boolean) => void;
  readonly brushing: boolean;
  readonly onBrushing: (brushing: boolean) => void;
  readonly tableExpanded: boolean;
  readonly onTableExpanded: (expanded: boolean) => void;
  /** The largest height the picture may take, CSS px; its width is the panel's. */
  readonly maxHeight?: number;
}

const NARROW = 440;

/** The input column of a picture, under its title: stage, tools, legend, strongest rows. */
export function ImagePanel(props: ImagePanelProps) {
  const { shown, map, view, table } = props;
  const panel = useRef<HTMLDivElement>(null);
  const { width } = useSize(panel);
  const ratio = usePixelRatio();
  const [pointed, setPointed] = useState<PixelPlace | null>(null);
  const picture = shown.image;
  const space = Math.max(64, width);
  const fit = fitWhole(picture, { width: space, height: Math.min(props.maxHeight ?? space, space) }, ratio);
  const weights = useMemo(() => map && atPictureSize(map, picture), [map, picture]);
  const scale = useMemo(() => props.scale ?? ownScale(weights ?? []), [props.scale, weights]);
  // A preview over a coarse grid has no rows to list; the table waits for the map itself.
  const whole = map && map.weights.length === props.rows.width * props.rows.height ? map : null;
  const weight = pointed && map ? weightAt(map, pointed, picture) : null;
  const most = map ? `${formatTimes(scale.max * map.attended)} ${WORDS.uniform}` : '';
  const cropped = shown.originalWidth !== picture.width || shown.originalHeight !== picture.height;

  return (
    <div ref={panel} className="image-panel">
      {width === 0 ? null : props.originalShown && props.original ? (
        <OriginalView original={props.original} crop={shown.crop} space={Math.min(props.maxHeight ?? space, space)} />
      ) : (
        <ImageStage
          picture={picture}
          map={map}
          scale={scale}
          fit={fit}
          {...view}
          table={table}
          theme={props.theme}
          sentence={props.sentence}
          pointed={pointed}
          onPoint={setPointed}
          region={props.region}
          brushing={props.brushing}
          onRegion={props.onRegion}
          legend={['0', most]}
        />
      )}
      <StageTools
        view={view}
        onView={props.onView}
        idle={map === null || props.originalShown}
        picture={picture}
        region={props.region}
        onRegion={props.onRegion}
        brushing={props.brushing}
        onBrushing={props.onBrushing}
        original={props.original && cropped ? props.originalShown : null}
        onOriginal={props.onOriginalShown}
        narrow={width < NARROW}
      />
      {map && !props.originalShown ? (
        <Legend
          table={view.mode === 'heat' ? table : null}
          from="0"
          to={most}
          width={width < NARROW ? 84 : 132}
          mark={weight === null ? null : scaled(weight, scale)}
          value={pointed && weight !== null ? `${WORDS.place(pointed.x, pointed.y)} · ${formatPercent(weight)}` : null}
        />
      ) : null}
      {whole && !props.originalShown ? (
        <StrongestRows
          weights={whole.weights}
          grid={props.rows}
          picture={picture}
          attended={whole.attended}
          pointed={pointed}
          onPoint={setPointed}
          expanded={props.tableExpanded}
          onExpanded={props.onTableExpanded}
        />
      ) : null}
    </div>
  );
}
