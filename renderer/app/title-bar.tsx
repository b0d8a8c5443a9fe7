/** Sidebar, undo, name of the input, model, engine, palette, Run: the one row every view shares. */
import { Cpu, Ellipsis, PanelLeft, Play, Redo2, Search, Square, Undo2, Waypoints } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import type { EngineState, EnginesView } from '../../electron/contract/host';
import { toggleSidebar } from './commands';
import { formatBytes, formatCount, formatError, formatMs } from './format';
import { shownKey } from './keys';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { NARROW } from './use-column';
import { useMedia } from './use-theme';

export function TitleBar() {
  const lab = useLab();
  const undo = useLabState((state) => state.undo.at(-1)?.label ?? null);
  const redo = useLabState((state) => state.redo.at(-1)?.label ?? null);
  const name = useLabState((state) => state.input?.name ?? en.untitled);
  const running = useLabState((state) => state.running !== null);
  const narrow = useMedia(NARROW);
  const sidebar = useLabState((state) => (narrow ? state.dialog === 'sidebar' : state.settings.sidebar));
  return (
    <header className="title-bar" data-region="title bar">
      <IconButton label={`${en.sidebar} (${shownKey('Mod+B')})`} pressed={sidebar} onClick={() => toggleSidebar(lab)}>
        <PanelLeft />
      </IconButton>
      <IconButton label={en.undo(undo)} disabled={!undo} onClick={() => lab.undo()}>
        <Undo2 />
      </IconButton>
      <IconButton label={en.redo(redo)} disabled={!redo} onClick={() => lab.redo()}>
        <Redo2 />
      </IconButton>
      <h1 className="title-name" title={name}>
        {name}
      </h1>
      {narrow ? null : <ModelMenu />}
      <span className="grow" />
      {narrow ? <MoreMenu /> : <EngineMenu />}
      <button type="button" className="button quiet" onClick={() => lab.views.dialog('palette')} aria-keyshortcuts="Control+K Meta+K">
        <Search />
        <span className="wide-only">{en.searchCommands}</span>
        <span className="key wide-only">{shownKey('Mod+K')}</span>
        <span className="visually-hidden narrow-label">{en.searchCommands}</span>
      </button>
      <button type="button" className="button ink" data-run="" onClick={() => (running ? lab.runs.cancel() : void lab.runs.run())}>
        {running ? <Square /> : <Play />}
        {running ? en.cancel : en.run}
        <span className="key run-key">{running ? 'Esc' : shownKey('Mod+Enter')}</span>
      </button>
    </header>
  );
}

export function IconButton(props: {
  readonly label: string;
  readonly children: ReactNode;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}) {
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

function ModelMenu() {
  const models = useLabState((state) => state.models);
  const modelId = useLabState((state) => state.modelId);
  const title = models.find((model) => model.id === modelId)?.title ?? '';
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button quiet title-model" aria-label={`${en.model}: ${title}`}>
        <Waypoints />
        <span className="ellipsis">{title}</span>
        <Chevron />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          <ModelItems />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function ModelItems() {
  const lab = useLab();
  const models = useLabState((state) => state.models);
  const modelId = useLabState((state) => state.modelId);
  return (
    <DropdownMenu.RadioGroup value={modelId ?? ''} onValueChange={(id) => lab.inputs.chooseModel(id)}>
      {models.map((model) => (
        <DropdownMenu.RadioItem key={model.id} value={model.id} className="menu-item" textValue={model.title}>
          <b>{model.title}</b>
          <span>{model.summary}</span>
          <small>
            {en.modelFacts(formatCount(model.info.latents), formatCount(model.info.inputRows), formatBytes(model.info.weightBytes))} ·{' '}
            {model.license}
          </small>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

function EngineMenu() {
  const view = useLabState((state) => state.engines);
  if (!view) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button quiet" aria-label={`${en.engine}: ${en.engines[view.chosen]}`} title={view.why}>
        <Cpu />
        <span className="ellipsis">{en.engines[view.chosen]} · fp32</span>
        <Chevron />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu engine-menu" align="end" sideOffset={4} collisionPadding={8}>
          <EngineItems view={view} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function EngineItems({ view }: { readonly view: EnginesView }) {
  const lab = useLab();
  const modelId = useLabState((state) => state.modelId);
  return (
    <>
      <p className="menu-why">{view.why}</p>
      <DropdownMenu.RadioGroup value={view.choice} onValueChange={(choice) => void lab.views.engine(choice as 'automatic')}>
        <DropdownMenu.RadioItem value="automatic" className="menu-item" textValue={en.automatic}>
          <b>{en.automatic}</b>
          <span>{en.automaticHint}</span>
        </DropdownMenu.RadioItem>
        {view.engines.map((engine) => (
          <EngineItem key={engine.name} engine={engine} median={modelId ? engine.medians[modelId] : undefined} />
        ))}
      </DropdownMenu.RadioGroup>
      {view.engines
        .filter(({ status }) => status === 'unavailable')
        .map(({ name }) => (
          <DropdownMenu.Item key={name} className="menu-item" onSelect={() => void lab.views.tryEngine(name)}>
            {en.tryEngine(en.engines[name])}
          </DropdownMenu.Item>
        ))}
    </>
  );
}

function EngineItem({ engine, median }: { readonly engine: EngineState; readonly median: number | undefined }) {
  const name = en.engines[engine.name];
  const words = (
    <>
      <b>
        {name} <i>{en.engineStatus[engine.status]}</i>
      </b>
      {engine.device ? <span>{engine.device}</span> : null}
      <span>{engine.reason}</span>
      {engine.check ? <small>{en.engineDifference(formatError(engine.check.maxDifference), formatError(engine.check.limit))}</small> : null}
      {median === undefined ? null : <small>{en.engineMedian(formatMs(median))}</small>}
    </>
  );
  // One that cannot be used takes the focus like the others, for the sentence that says why; choosing it does nothing.
  return engine.status === 'unavailable' ? (
    <DropdownMenu.Item
      className="menu-item"
      role="menuitemradio"
      aria-checked="false"
      aria-disabled="true"
      textValue={name}
      onSelect={(event) => event.preventDefault()}
    >
      {words}
    </DropdownMenu.Item>
  ) : (
    <DropdownMenu.RadioItem value={engine.name} className="menu-item" textValue={name}>
      {words}
    </DropdownMenu.RadioItem>
  );
}

/** Model and engine behind one button, where a small window has no room for both. */
function MoreMenu() {
  const view = useLabState((state) => state.engines);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button quiet icon" aria-label={en.more} title={en.more}>
        <Ellipsis />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.Label className="menu-label">{en.model}</DropdownMenu.Label>
          <ModelItems />
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Label className="menu-label">{en.engine}</DropdownMenu.Label>
          {view ? <EngineItems view={view} /> : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function Chevron() {
  return (
    <svg className="chevron" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M3 4.5 6 7.5 9 4.5" />
    </svg>
  );
}
