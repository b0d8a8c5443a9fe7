/** What every kind of input is run with. */
import type { LongText } from './long-text';
import type { Session } from './session';

export interface RunWork {
  readonly session: Session;
  readonly topK: number;
  readonly long: LongText;
  /** Folder for the maps of this input; null writes none. */
  readonly maps: string | null;
  readonly signal: AbortSignal;
}
