/** The model, left to right, with its real sizes and times; the silhouette's height is log(rows), so the bottleneck is seen. */
import { DropdownMenu } from 'radix-ui';
import type { ModelInfo, StageName } from '../../models/runtime/types';
import type { AttentionStage, Failure, StageTimes } from '../state/types';
import { formatCount, formatMs } from './format';
import { useLab, useLabState, useShownResult } from './lab-context';
import { en } from './language/en';
import { Chevron } from './title-bar';
import { NARROW } from './use-column';
import { useMedia } from './use-theme';

interface Cell {
  readonly id: keyof typeof en.strip;
  readonly size: string;
  readonly stage: StageName | null;
  readonly attention: AttentionStage | null;
  /** Rows at the left and right edge of the silhouette. */
  readonly from: number;
  readonly to: number;
}

/** A cell with what stands in it now. */
interface SaidCell extends Cell {
  readonly time: string;
  readonly facts: string;
  readonly bad: boolean;
}

export function ModelStrip() {
  const lab = useLab();
  const models = useLabState((state) => state.models);
  const modelId = useLabState((state) => state.modelId);
  const running = useLabState((state) => state.running);
  const failure = useLabState((state) => state.failure);
  const stage = useLabState((state) => state.view.stage);
  const times = useMedianTimes();
  const narrow = useMedia(NARROW);
  const result = useShownResult();
  const info = models.find((model) => model.id === modelId)?.info;
  if (!info) return <div className="strip" />;
  const rows = result && result.modelId === modelId ? result.inputRows : info.inputRows;
  const queries = result && result.modelId === modelId ? result.queries : info.queries;
  const cells = cellsOf(info, rows, queries);
  const live: StageTimes | null = running?.stages ?? failure?.stages ?? null;
  const said = cells.map((cell): SaidCell => {
    const failed = failure && !running && cell.stage === failure.stage;
    if (!failed) return { ...cell, time: timeText(cell.stage, live, times.median), facts: cell.size, bad: false };
    const stopped = failure.error.code === 'cancelled';
    return { ...cell, time: stopped ? en.stopped : en.failed, facts: stoppedText(failure), bad: !stopped };
  });
  const total = running || failure ? '—' : formatMs(times.total);
  const totalSaid = failure && !running ? en.notFinished : times.count > 0 && !running ? en.median(times.count) : '';
  const silhouette = <Silhouette cells={cells} info={info} stage={stage} live={live} failure={failure} />;
  if (narrow) {
    const at = said.find((cell) => cell.stage === (running?.stage ?? failure?.stage)) ?? said.find((cell) => cell.attention === stage);
    return (
      <div className="strip compact" data-region="strip">
        <StageMenu cells={said} current={at ?? null} stage={stage} onStage={(next) => lab.views.view({ stage: next })} />
        <span className="strip-total">{en.total(total)}</span>
        {silhouette}
      </div>
    );
  }
  return (
    <div className="strip" role="radiogroup" aria-label={en.stripLabel} data-region="strip">
      {said.map((cell) => {
        const content = (
          <>
            <span className="strip-head">
              <b>{en.strip[cell.id]}</b>
              <span>{cell.time}</span>
            </span>
            <span className="strip-size" title={cell.facts}>
              {cell.facts}
            </span>
          </>
        );
        const className = `strip-cell ${cell.bad ? 'bad' : ''}`;
        return cell.attention ? (
          <label key={cell.id} className={`${className} strip-choice`}>
            <input
              type="radio"
              name="strip"
              className="visually-hidden"
              checked={stage === cell.attention}
              onChange={() => lab.views.view({ stage: cell.attention as AttentionStage })}
            />
            {content}
          </label>
        ) : (
          <div key={cell.id} className={className}>
            {content}
          </div>
        );
      })}
      <div className="strip-cell">
        <span className="strip-head">
          <b>{en.strip.total}</b>
          <span>{total}</span>
        </span>
        <span className="strip-size">{totalSaid}</span>
      </div>
      {silhouette}
    </div>
  );
}

/** The cells as a menu, for a small window: what runs or was chosen stands on the button. */
function StageMenu(props: {
  readonly cells: readonly SaidCell[];
  readonly current: SaidCell | null;
  readonly stage: AttentionStage;
  readonly onStage: (stage: AttentionStage) => void;
}) {
  const { cells, current, stage } = props;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={`button quiet strip-stage ${current?.bad ? 'bad' : ''}`}>
        <b>{current ? en.strip[current.id] : en.stages}</b>
        <span>{current?.time}</span>
        <span className="ellipsis strip-facts">{current?.facts}</span>
        <Chevron />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu stage-menu" align="start" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.RadioGroup value={stage} onValueChange={(next) => props.onStage(next as AttentionStage)} aria-label={en.stripLabel}>
            {cells.map((cell) => {
              const words = (
                <>
                  <b>{en.strip[cell.id]}</b>
                  <span>{cell.facts}</span>
                  <span>{cell.time}</span>
                </>
              );
              return cell.attention ? (
                <DropdownMenu.RadioItem key={cell.id} value={cell.attention} className="menu-item" textValue={en.strip[cell.id]}>
                  {words}
                </DropdownMenu.RadioItem>
              ) : (
                <DropdownMenu.Label key={cell.id} className="menu-item plain">
                  {words}
                </DropdownMenu.Label>
              );
            })}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function cellsOf(info: ModelInfo, rows: number, queries: number): Cell[] {
  const n = info.latents;
  const one = queries === 1;
  return [
    {
      id: 'input',
      size: en.rows(formatCount(rows), formatCount(info.inputChannels)),
      stage: 'preprocess',
      attention: null,
      from: rows,
      to: rows,
    },
    {
      id: 'read',
      size: en.attentionSize(formatCount(n), formatCount(rows), info.encoderHeads),
      stage: 'encode',
      attention: 'read',
      from: rows,
      to: n,
    },
    { id: 'latents', size: en.latentSize(formatCount(n), formatCount(info.latentChannels)), stage: null, attention: null, from: n, to: n },
    {
      id: 'process',
      size: en.processSize(info.blocks, info.layersPerBlock, info.layerHeads),
      stage: 'process',
      attention: 'process',
      from: n,
      to: n,
    },
    {
      id: 'write',
      size: en.attentionSize(formatCount(queries), formatCount(n), info.decoderHeads),
      stage: 'decode',
      attention: 'write',
      from: n,
      to: queries,
    },
    {
      id: 'output',
      size: en.outputSize(formatCount(queries), formatCount(info.outputs), one),
      stage: 'postprocess',
      attention: null,
      from: queries,
      to: queries,
    },
  ];
}

function timeText(stage: StageName | null, live: StageTimes | null, median: Partial<Record<StageName, number>>): string {
  if (stage === null) return '';
  if (live) {
    const at = live[stage];
    if (!at) return '—';
    return at.elapsedMs === null ? (at.steps > 1 ? `${at.done} / ${at.steps}` : '…') : formatMs(at.elapsedMs);
  }
  const time = median[stage];
  return time === undefined ? '' : formatMs(time);
}

function stoppedText(failure: Failure): string {
  const at = failure.stage === 'load' ? undefined : failure.stages[failure.stage];
  return en.stoppedIn(at?.done ?? 0, at?.steps ?? 1);
}

/** Medians of the last five runs with this model and engine. */
function useMedianTimes(): { median: Partial<Record<StageName, number>>; total: number; count: number } {
  const runs = useLabState((state) => state.runs);
  const shown = useLabState((state) => state.runs.find((run) => run.id === state.shownRunId));
  const model = useLabState((state) => state.modelId);
  if (!shown || shown.modelId !== model) return { median: {}, total: 0, count: 0 };
  const from = runs.indexOf(shown);
  const same = runs
    .slice(from)
    .filter((run) => run.modelId === shown.modelId && run.engine === shown.engine && run.timingsMs)
    .slice(0, 5);
  const of = (name: StageName | 'total'): number => middle(same.map((run) => run.timingsMs?.[name] ?? 0));
  return {
    median: {
      preprocess: of('preprocess'),
      encode: of('encode'),
      process: of('process'),
      decode: of('decode'),
      postprocess: of('postprocess'),
    },
    total: of('total'),
    count: same.length,
  };
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

const WIDTH = 120;
const HEIGHT = 12;

function Silhouette(props: {
  cells: readonly Cell[];
  info: ModelInfo;
  stage: AttentionStage;
  live: StageTimes | null;
  failure: Failure | null;
}) {
  const { cells, info, stage, live, failure } = props;
  const most = Math.log2(1 + Math.max(...cells.map((cell) => cell.from)));
  const height = (rows: number): number => Math.max(1, (HEIGHT * Math.log2(1 + rows)) / most);
  const notches = info.blocks > 1 ? info.blocks : info.layersPerBlock;
  return (
    <svg className="silhouette" viewBox={`0 0 ${WIDTH * cells.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {cells.map((cell, index) => {
        const parts = cell.id === 'process' ? notches : 1;
        const done = live && cell.stage ? live[cell.stage] : undefined;
        const share = done ? (done.elapsedMs === null ? done.done / done.steps : 1) : 0;
        return Array.from({ length: parts }, (_, part) => {
          const left = index * WIDTH + (part * (WIDTH - 4)) / parts;
          const right = index * WIDTH + ((part + 1) * (WIDTH - 4)) / parts - (parts > 1 ? 2 : 0);
          const a = height(cell.from);
          const b = height(cell.to);
          const filled = live && !failure ? share > part / parts : false;
          const broken =
            failure && failure.error.code !== 'cancelled' && cell.stage === failure.stage && Math.floor(share * parts) === part;
          const className = broken ? 'bad' : filled || (!live && cell.attention === stage) ? 'on' : '';
          const path = `M${left} ${(HEIGHT - a) / 2}L${right} ${(HEIGHT - b) / 2}V${(HEIGHT + b) / 2}L${left} ${(HEIGHT + a) / 2}Z`;
          return <path key={`${cell.id} ${left}`} className={className} d={path} />;
        });
      })}
    </svg>
  );
}
