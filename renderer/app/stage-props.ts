/** What every input panel is handed, whatever its modality. */
import type { ColourTable, Theme } from '../draw/colour-maps';
import type { InputMap, Shown } from './shown';

export interface StageProps {
  readonly shown: Shown | null;
  readonly map: InputMap | null;
  readonly table: ColourTable;
  readonly theme: Theme;
}
