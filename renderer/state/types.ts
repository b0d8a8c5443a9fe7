/** What the window knows: what is open, what ran, what is selected. Plain data; arrays stand outside, under ids (arrays.ts). */
import type { EnginesView, ModelEntry, SampleEntry, Settings } from '../../electron/contract/host';
import type { LabErrorData } from '../../models/lab-error';
import type { ByteSpan, EngineName, RunProgress, StageName, Timings } from '../../models/runtime/types';

/** The three attentions of the strip: encoder, layers, decoder. */
export type AttentionStage = 'read' | 'process' | 'write';

export interface PixelRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture on the stage; its pixels stand in `pictures`. */
export interface ImageInput {
  readonly kind: 'image';
  readonly sampleId: string;
  readonly name: string;
  readonly pictureId: string;
  /** What was dropped or guessed when the file was opened. */
  readonly notes: readonly string[];
}

/** A text on the stage; its bytes stand in `texts`. `part` is what the model reads of it: all, unless it is longer than the model. */
export interface TextInput {
  readonly kind: 'text';
  readonly sampleId: string;
  readonly name: string;
  readonly textId: string;
  readonly byteCount: number;
  readonly masks: readonly ByteSpan[];
  readonly part: ByteSpan;
  readonly notes: readonly string[];
}

export type LabInput = ImageInput | TextInput;

/** A sample of the sidebar: shipped with the app, or brought in this sitting. */
export interface Sample {
  readonly id: string;
  readonly name: string;
  readonly modality: 'image' | 'text';
  readonly origin: 'built-in' | 'yours';
  /** Its input once it was opened, with what was edited since: a dropped sample cannot be fetched again. */
  readonly input: LabInput | null;
}

export type RunOutcome = 'done' | 'failed' | 'cancelled';

/** A run of this sitting. Its result stands in `results`. */
export interface RunEntry {
  readonly id: string;
  readonly at: number;
  readonly input: LabInput;
  readonly modelId: string;
  readonly engine: EngineName;
  readonly outcome: RunOutcome;
  /** Most probable class with its probability, what was filled in, or what went wrong. */
  readonly title: string;
  readonly timingsMs: Timings | null;
  readonly pinned: boolean;
}

export type StageTimes = Partial<Record<StageName, { readonly done: number; readonly steps: number; readonly elapsedMs: number | null }>>;

export interface Running {
  readonly runId: string;
  readonly input: LabInput;
  readonly modelId: string;
  readonly engine: EngineName;
  readonly startedAt: number;
  /** Loading the model comes before the first stage. */
  readonly stage: StageName | 'load';
  readonly stages: StageTimes;
}

/** A run that did not finish: shown where its result would be; the last good result stays below. */
export interface Failure {
  readonly error: LabErrorData;
  readonly at: number;
  readonly stage: StageName | 'load';
  readonly stages: StageTimes;
  /** Offer another engine: the failed one was not the only one there is. */
  readonly otherEngine: EngineName | null;
}

export interface Selection {
  readonly latents: readonly number[];
  /** An output query of the shown run: a class model's one, or the byte offset of a text within the part that was read. */
  readonly query: number | null;
}

export type LatentSort = 'index' | 'rows-read' | 'similarity' | 'region' | 'output';

export interface View {
  readonly stage: AttentionStage;
  readonly readHead: number | 'mean';
  readonly writeHead: number | 'mean';
  readonly block: number;
  readonly layer: number;
  readonly layerHead: number | 'mean';
  readonly oneScale: boolean;
  readonly tiles: 'heat' | 'spotlight';
  readonly tileSize: 40 | 56 | 84 | 112;
  readonly overlay: { readonly mode: 'heat' | 'spotlight'; readonly opacity: number; readonly outline: boolean };
  readonly countResidual: boolean;
  readonly originalShown: boolean;
  readonly brushing: boolean;
  readonly tableExpanded: boolean;
}

/** What undo brings back: text with its part and masks, region, sort. */
export interface Undoable {
  readonly input: LabInput | null;
  readonly region: PixelRegion | null;
  readonly span: ByteSpan | null;
  readonly sort: LatentSort;
  readonly direction: 'ascending' | 'descending';
}

export interface UndoStep {
  /** "Mask selection": said as "Undo Mask selection". */
  readonly label: string;
  readonly before: Undoable;
  readonly after: Undoable;
  /** Until then (milliseconds as of Date.now) a change of the same name becomes one step with this one; 0 for never. */
  readonly mergesUntil: number;
}

export interface LabState extends Undoable {
  readonly phase: 'connecting' | 'ready' | 'lost';
  /** Why the window cannot work at all, in the place of everything. */
  readonly fatal: LabErrorData | null;
  readonly mode: {
    readonly kind: 'electron' | 'browser';
    readonly reason: string | null;
    readonly platform: string;
    readonly version: string;
  };
  readonly settings: Settings;
  readonly models: readonly ModelEntry[];
  readonly modelId: string | null;
  readonly engines: EnginesView | null;
  readonly samples: readonly Sample[];
  /** What is being read for the stage. */
  readonly opening: string | null;
  /** What is being read after the first of several files, to become a sample. */
  readonly adding: string | null;
  /** A file that could not be opened: the sentence stands over the stage until the next one. */
  readonly inputError: LabErrorData | null;
  readonly running: Running | null;
  readonly failure: Failure | null;
  readonly runs: readonly RunEntry[];
  /** The run whose result is on screen. */
  readonly shownRunId: string | null;
  readonly selection: Selection;
  readonly preview: Selection;
  /** By model: latents of one say nothing about another's. */
  readonly pinnedLatents: Readonly<Record<string, readonly number[]>>;
  readonly view: View;
  readonly undo: readonly UndoStep[];
  readonly redo: readonly UndoStep[];
  /** Counts up when an attention answer arrives. */
  readonly answers: number;
  readonly dialog: 'none' | 'palette' | 'shortcuts' | 'settings' | 'find' | 'sidebar';
  readonly tab: 'input' | 'latents' | 'output';
  /** Politely said to screen readers. */
  readonly said: string;
}

export type { ModelEntry, RunProgress, SampleEntry };
