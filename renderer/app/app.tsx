/** The window: title bar, sidebar, strip, three columns; drop, paste and keys anywhere. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSize } from '../draw/use-size';
import type { TextLayout } from '../panels/text/text-layout';
import type { Lab } from '../state/lab';
import { appEventListener } from './app-events';
import { copyText, pasteClipboard } from './clipboard';
import { ColumnTabs } from './column-tabs';
import { columnWidths, LEAST_INPUT } from './column-widths';
import { type Command, createCommands } from './commands';
import { SettingsSheet, ShortcutsSheet } from './dialogs';
import { ErrorBoundary } from './error-boundary';
import { useGalleryData } from './gallery-data';
import { InputColumn } from './input-column';
import { commandFor, takesText } from './keys';
import { LabProvider, useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { LatentsColumn } from './latents-column';
import { ModelStrip } from './model-strip';
import { Notice } from './notice';
import { OutputColumn } from './output-column';
import { outputTable } from './output-table';
import { Palette } from './palette';
import { type Shown, useRegionRows, useShown } from './shown';
import { Sidebar } from './sidebar';
import { Splitter } from './splitter';
import { TitleBar } from './title-bar';
import { NARROW, useColumn } from './use-column';
import { useDrop } from './use-drop';
import { useMedia, useTheme } from './use-theme';

export function App({ lab }: { readonly lab: Lab }) {
  return (
    <LabProvider value={lab}>
      <ErrorBoundary onGoOn={() => lab.views.clearSelection()}>
        <Window />
      </ErrorBoundary>
    </LabProvider>
  );
}

function Window() {
  const lab = useLab();
  const fatal = useLabState((state) => state.fatal);
  const dialog = useLabState((state) => state.dialog);
  const sidebar = useLabState((state) => state.settings.sidebar);
  const said = useLabState((state) => state.said);
  const name = useLabState((state) => state.input?.name ?? en.untitled);
  useEffect(() => {
    document.title = `${name} — ${en.app}`;
  }, [name]);
  const file = useRef<HTMLInputElement>(null);
  const openFiles = useCallback(() => file.current?.click(), []);
  const commands = useMemo(
    () =>
      createCommands({
        openFiles,
        pasteClipboard: () => void pasteClipboard(lab),
        copyTable: () => {
          const table = outputTable(lab);
          if (table !== null) void copyText(lab, table);
        },
      }),
    [lab, openFiles],
  );
  useKeys(lab, commands);
  usePaste(lab);
  useMenuCommands(lab, commands);
  const drop = useDrop(lab);
  if (fatal) return <Fatal />;
  return (
    <div className="window" data-sidebar={sidebar} data-dropping={drop.count > 0} {...drop.handlers}>
      <TitleBar />
      <Sidebar onOpen={openFiles} />
      <main className="bench">
        <ModelStrip />
        <Columns onOpen={openFiles} />
      </main>
      <input
        ref={file}
        type="file"
        hidden
        multiple
        onChange={(event) => {
          void lab.inputs.openFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {drop.count > 0 ? <p className="drop-sentence">{drop.count > 1 ? en.drop.several(drop.count) : en.drop.release}</p> : null}
      {dialog === 'palette' || dialog === 'find' ? <Palette commands={commands} find={dialog === 'find'} /> : null}
      {dialog === 'shortcuts' ? <ShortcutsSheet commands={commands} /> : null}
      {dialog === 'settings' ? <SettingsSheet /> : null}
      <p className="visually-hidden" aria-live="polite">
        {said}
      </p>
    </div>
  );
}

function Columns({ onOpen }: { readonly onOpen: () => void }) {
  const lab = useLab();
  const { theme, table } = useTheme();
  const shown = useShown();
  const [layout, setLayout] = useState<TextLayout | null>(null);
  const narrow = useMedia(NARROW);
  const columns = useRef<HTMLDivElement>(null);
  const room = useSize(columns).width;
  const tab = useLabState((state) => state.tab);
  const modality = useLabState((state) => state.input?.kind ?? 'image');
  const compact = useMedia('(max-width: 1199px)');
  const key = `${modality} ${compact ? 'compact' : 'wide'}`;
  const saved = useLabState((state) => state.settings.columns[key]);
  /** The width while the splitter is being moved. */
  const [moved, setMoved] = useState<number | null>(null);
  const { input: width, output, mostInput } = columnWidths(room, modality, compact, moved ?? saved);
  const onWidth = (next: number | null): void => {
    setMoved(null);
    const { columns } = lab.store.getState().settings;
    const { [key]: _, ...others } = columns;
    lab.views.settings({ columns: next === null ? others : { ...others, [key]: next } });
  };
  const common = { table, theme, layout };
  return (
    <>
      {narrow ? <ColumnTabs /> : null}
      <div
        ref={columns}
        className="columns"
        data-tab={narrow ? tab : 'all'}
        style={narrow ? undefined : { gridTemplateColumns: `${width}px minmax(0, 1fr) ${output}px` }}
      >
        <InputColumn shown={shown} table={table} theme={theme} onOpen={onOpen} onLayout={setLayout} />
        {narrow ? null : <Splitter width={width} min={LEAST_INPUT} max={mostInput} onMove={setMoved} onKeep={onWidth} />}
        {shown ? <ShownColumns shown={shown} {...common} /> : <WaitingColumns {...common} />}
      </div>
    </>
  );
}

type ColumnLook = Omit<Parameters<typeof LatentsColumn>[0], 'shown' | 'gallery'>;

function ShownColumns({ shown, ...look }: ColumnLook & { readonly shown: Shown }) {
  const region = useRegionRows(shown);
  const gallery = useGalleryData(shown.result, shown.info, region);
  return (
    <>
      <LatentsColumn shown={shown} gallery={gallery} {...look} />
      <OutputColumn shown={shown} gallery={gallery} {...look} />
    </>
  );
}

/** Before the first result: the latents have no maps yet, and the output says what is going on. */
function WaitingColumns(look: ColumnLook) {
  const running = useLabState((state) => state.running);
  const model = useLabState((state) => state.models.find((entry) => entry.id === state.modelId)?.title ?? '');
  return (
    <>
      <section className="column column-latents" {...useColumn('latents')}>
        <header className="column-head">
          <h2>{en.columns.latents}</h2>
        </header>
        <p className="column-sentence">{running ? en.loading(model) : en.empty}</p>
      </section>
      <OutputColumn shown={null} gallery={null} {...look} />
    </>
  );
}

function Fatal() {
  const fatal = useLabState((state) => state.fatal);
  useTheme();
  return fatal ? (
    <main className="fatal">
      <Notice error={fatal}>
        <button type="button" className="button ink" onClick={() => window.location.reload()}>
          {en.errors.reload}
        </button>
      </Notice>
    </main>
  ) : null;
}

const REGIONS = ['title bar', 'sidebar', 'strip', 'Input', 'Latents', 'Output'];

/** F6 goes round the regions; Esc cancels, lets go, closes; everything else is a command. */
function useKeys(lab: Lab, commands: readonly Command[]): void {
  useEffect(() => {
    /** Commands with Ctrl or ⌘ come before what has focus: a button would take Ctrl+Enter for itself. */
    const first = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey) act(event);
    };
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
      const state = lab.store.getState();
      if (event.key === 'F6') {
        event.preventDefault();
        nextRegion(event.shiftKey ? -1 : 1);
      } else if (event.key === 'Escape') {
        // A menu or a dialog takes Esc for itself.
        if (state.dialog !== 'none' || document.querySelector('.menu')) return;
        if (state.opening !== null) lab.inputs.cancelOpening();
        else if (state.running) lab.runs.cancel();
        else if (!takesText(event.target)) lab.views.letGo();
      } else act(event);
    };
    const act = (event: KeyboardEvent): void => {
      const state = lab.store.getState();
      if (state.dialog !== 'none') return;
      const command = commandFor(event, commands, state.settings.letterKeys);
      if (!command || command.why?.(state)) return;
      event.preventDefault();
      event.stopPropagation();
      command.run(lab);
    };
    window.addEventListener('keydown', first, { capture: true });
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', first, { capture: true });
      window.removeEventListener('keydown', listen);
    };
  }, [lab, commands]);
}

function nextRegion(by: number): void {
  const regions = REGIONS.map((name) => document.querySelector<HTMLElement>(`[data-region="${name}"]`)).filter((region) => region !== null);
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  for (let tried = 1; tried <= regions.length; tried += 1) {
    const region = regions[(current + by * tried + regions.length * tried) % regions.length];
    const target = region?.querySelector<HTMLElement>('button:not(:disabled), input:not(:disabled), select, [tabindex="0"]') ?? region;
    target?.focus();
    if (region?.contains(document.activeElement)) return;
  }
}

function usePaste(lab: Lab): void {
  useEffect(() => {
    const listen = (event: ClipboardEvent): void => {
      if (takesText(event.target) || !event.clipboardData) return;
      const files = [...event.clipboardData.files];
      const text = event.clipboardData.getData('text/plain');
      if (files.length > 0) void lab.inputs.openFiles(files);
      else if (text) void lab.inputs.openText(text, en.pasted.text);
      else return;
      event.preventDefault();
    };
    window.addEventListener('paste', listen);
    return () => window.removeEventListener('paste', listen);
  }, [lab]);
}

function useMenuCommands(lab: Lab, commands: readonly Command[]): void {
  useEffect(() => lab.onAppEvent(appEventListener(lab, commands)), [lab, commands]);
}
