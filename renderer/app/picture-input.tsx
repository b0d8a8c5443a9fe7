/** The picture panel, wired: what it shows comes from the store and the map, what it does goes to actions. */
import { useMemo } from 'react';
import type { RgbaImage } from '../../models/runtime/types';
import { ImagePanel } from '../panels/image/image-panel';
import type { ImageInput } from '../state/types';
import { useGalleryPreview } from './gallery-preview';
import { useLab, useLabState } from './lab-context';
import { PicturePreview } from './picture-preview';
import type { StageProps } from './stage-props';
import { NARROW } from './use-column';
import { useLate } from './use-late';
import { useMedia, useWindowHeight } from './use-theme';

/** In a small window the column is wider than the window is high: the picture stays whole, CSS px. */
const AROUND = 250;
const LEAST_HEIGHT = 240;

export function PictureInput({ shown, map, table, theme, input }: StageProps & { readonly input: ImageInput }) {
  const lab = useLab();
  const view = useLabState((state) => state.view);
  const region = useLabState((state) => state.region);
  const narrow = useMedia(NARROW);
  const height = useWindowHeight();
  const preview = useGalleryPreview(shown, map);
  const isCurrent = shown?.input.kind === 'image' && shown.input.pictureId === input.pictureId;
  // A result seldom takes long: until then the last picture stays, rather than that the stage is drawn twice.
  const waiting = useLate(!isCurrent);
  const onStage = !isCurrent && !waiting && shown?.input.kind === 'image' ? shown.input : input;
  const original: RgbaImage | null = lab.arrays.pictures.get(onStage.pictureId) ?? null;
  const result = shown?.result.shown;
  const rows = shown?.result.layout;
  const stageMap = useMemo(() => {
    if (!map || rows?.kind !== 'grid') return null;
    return map.weights ? { weights: map.weights, grid: rows, attended: map.attended } : preview;
  }, [map, rows, preview]);
  // Before its first result there is nothing that the model got: the file itself, as it was opened.
  if ((!isCurrent && waiting) || result?.kind !== 'image' || rows?.kind !== 'grid')
    return original ? <PicturePreview picture={original} /> : null;
  return (
    <ImagePanel
      shown={result}
      original={original}
      originalShown={view.originalShown}
      onOriginalShown={(originalShown) => lab.views.view({ originalShown })}
      map={stageMap}
      rows={rows}
      sentence={map ? `${map.title}. ${map.sentence}` : onStage.name}
      view={view.overlay}
      onView={(overlay) => lab.views.view({ overlay })}
      table={table}
      theme={theme}
      region={region}
      onRegion={(next, done) => lab.views.region(next, done)}
      brushing={view.brushing}
      onBrushing={(brushing) => lab.views.view({ brushing })}
      tableExpanded={view.tableExpanded}
      onTableExpanded={(tableExpanded) => lab.views.view({ tableExpanded })}
      {...(narrow ? { maxHeight: Math.max(LEAST_HEIGHT, height - AROUND) } : {})}
    />
  );
}
