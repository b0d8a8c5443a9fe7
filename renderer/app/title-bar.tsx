/** Sidebar, undo, name of the input, model, engine, palette, Run: the one row every view shares. */
import { Cpu, PanelLeft, Play, Redo2, Search, Square, Undo2, Waypoints } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import type { EngineState } from '../../electron/contract/host';
import { formatBytes, formatCount, formatError, formatMs } from './format';
import { shownKey } from './keys';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';

export function TitleBar() {
  const lab = useLab();
  const undo = useLabState((state) => state.undo.at(-1)?.label ?? null);
  const redo = useLabState((state) => state.redo.at(-1)?.label ?? null);
  const name = useLabState((state) => state.input?.name ?? en.untitled);
  const running = useLabState((state) => state.running !== null);
  const sidebar = useLabState((state) => state.settings.sidebar);
  return (
    <header className="title-bar" data-region="title bar">
      <IconButton
        label={`${en.sidebar} (${shownKey('Mod+B')})`}
        pressed={sidebar}
        onClick={() => lab.views.settings({ sidebar: !sidebar })}
      >
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
      <ModelMenu />
      <span className="grow" />
      <EngineMenu />
      <button type="button" className="button quiet" onClick={() => lab.views.dialog('palette')} aria-keyshortcuts="Control+K Meta+K">
        <Search />
        <span className="wide-only">{en.searchCommands}</span>
        <span className="key wide-only">{shownKey('Mod+K')}</span>
        <span className="visually-hidden narrow-label">{en.searchCommands}</span>
      </button>
      {running ? (
        <button type="button" className="button ink" onClick={() => lab.runs.cancel()}>
          <Square />
          {en.cancel}
          <span className="key">Esc</span>
        </button>
      ) : (
        <button type="button" className="button ink" onClick={() => void lab.runs.run()}>
          <Play />
          {en.run}
          <span className="key">{shownKey('Mod+Enter')}</span>
        </button>
      )}
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
  const lab = useLab();
  const models = useLabState((state) => state.models);
  const modelId = useLabState((state) => state.modelId);
  const current = models.find((model) => model.id === modelId);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button quiet title-model" aria-label={`${en.model}: ${current?.title ?? ''}`}>
        <Waypoints />
        <span className="ellipsis">{current?.title ?? ''}</span>
        <Chevron />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
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
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function EngineMenu() {
  const lab = useLab();
  const view = useLabState((state) => state.engines);
  const modelId = useLabState((state) => state.modelId);
  if (!view) return null;
  const chosen = view.engines.find((engine) => engine.name === view.chosen);
  const choose = (choice: string): void => void lab.views.engine(choice as 'automatic').then(() => lab.runs.run());
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button quiet" aria-label={`${en.engine}: ${en.engines[view.chosen]}`} title={view.why}>
        <Cpu />
        <span className="ellipsis">{en.engines[view.chosen]} · fp32</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu engine-menu" align="end" sideOffset={4} collisionPadding={8}>
          <p className="menu-why">{view.why}</p>
          <DropdownMenu.RadioGroup value={view.choice} onValueChange={choose}>
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
          {chosen?.device ? <p className="menu-foot">{chosen.device}</p> : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function EngineItem({ engine, median }: { readonly engine: EngineState; readonly median: number | undefined }) {
  const usable = engine.status !== 'unavailable';
  return (
    <DropdownMenu.RadioItem value={engine.name} className="menu-item" textValue={en.engines[engine.name]} disabled={!usable}>
      <b>
        {en.engines[engine.name]} <i>{en.engineStatus[engine.status]}</i>
      </b>
      {engine.device ? <span>{engine.device}</span> : null}
      <span>{engine.reason}</span>
      {engine.check ? <small>{en.engineDifference(formatError(engine.check.maxDifference), formatError(engine.check.limit))}</small> : null}
      {median === undefined ? null : <small>{en.engineMedian(formatMs(median))}</small>}
    </DropdownMenu.RadioItem>
  );
}

function Chevron() {
  return (
    <svg className="chevron" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M3 4.5 6 7.5 9 4.5" />
    </svg>
  );
}
