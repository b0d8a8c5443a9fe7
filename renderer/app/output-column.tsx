/** What came out, and below it what is selected: a latent, an output, or the moves a person can make. */
import { CircleDot, Grip, MousePointerClick, SquareDashed } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AttentionQuestion } from '../../models/runtime/types';
import { LatentDetail } from '../latents/latent-detail';
import { rankOf } from '../latents/sort-latents';
import { ClassList } from '../panels/output/class-list';
import { ByteDetail, byteHeading } from '../panels/text/byte-detail';
import { isOutOfDate } from '../state/derived';
import { focusRegion, focusRun } from './focus';
import { formatClock, formatCount } from './format';
import { shownKey } from './keys';
import { useAnswer, useFailedAnswer, useFittingView, useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { MapNotice } from './map-notice';
import { Notice } from './notice';
import { queryName, type Shown } from './shown';
import { useColumn } from './use-column';
import { useLateRun } from './use-late';
import { type LatentsColumnProps, useTilePainter } from './use-tile-painter';

export function OutputColumn({
  shown,
  ...rest
}: Omit<LatentsColumnProps, 'shown' | 'gallery'> & {
  readonly shown: Shown | null;
  readonly gallery: LatentsColumnProps['gallery'] | null;
}) {
  const lab = useLab();
  const running = useLabState((state) => state.running !== null);
  const late = useLateRun();
  const failure = useLabState((state) => state.failure);
  const outOfDate = useLabState((state) => isOutOfDate(state) && !state.settings.autoRun);
  const selection = useLabState((state) => state.selection);
  const kept = failure !== null && !running;
  const heading = useHeading(shown);
  return (
    <section className="column column-output" {...useColumn('output')}>
      <header className="column-head">
        <h2>{heading.title}</h2>
        <span className="column-aside">{late && shown ? en.output.dimmed(formatClock(shown.run.at)) : heading.aside}</span>
      </header>
      <div className="column-scroll">
        {failure && !running ? <FailureBox /> : null}
        {outOfDate && !running ? (
          <div className="out-of-date" role="status">
            <p>{en.outOfDate}</p>
            <button
              type="button"
              className="button ink"
              onClick={() => {
                focusRun();
                void lab.runs.run();
              }}
            >
              {en.run}
            </button>
          </div>
        ) : null}
        {shown ? (
          <div className="output-result" data-stale={late}>
            {kept ? (
              <header className="kept">
                <h3>{en.output.kept}</h3>
                <p>{en.output.keptFrom(formatClock(shown.run.at), en.engines[shown.run.engine])}</p>
              </header>
            ) : null}
            <OutputResult shown={shown} />
          </div>
        ) : null}
        {shown && rest.gallery && selection.latents.length > 0 ? (
          <SelectedLatent {...rest} shown={shown} gallery={rest.gallery} />
        ) : shown && selection.query === null ? (
          <Moves text={shown.input.kind === 'text'} />
        ) : null}
      </div>
    </section>
  );
}

/** The column's title: the output as a whole, or the byte that is selected. */
function useHeading(shown: Shown | null): { readonly title: string; readonly aside: string } {
  const query = useLabState((state) => state.selection.query);
  if (!shown) return { title: en.output.title, aside: '' };
  const { result, info, input } = shown;
  if (result.output.kind === 'classes') return { title: en.output.title, aside: en.output.classes(info.outputs) };
  if (query === null || input.kind !== 'text') return { title: en.output.title, aside: en.output.bytes(result.output.masked.length) };
  return byteHeading(result.output, query, input.part.start);
}

function OutputResult({ shown }: { readonly shown: Shown }) {
  const lab = useLab();
  const query = useLabState((state) => state.selection.query);
  const countResidual = useLabState((state) => state.view.countResidual);
  const { result } = shown;
  return (
    <>
      {result.output.kind === 'classes' ? (
        <ClassList
          classes={result.output.classes}
          selected={query !== null}
          onSelect={() => lab.views.selectQuery(query === null ? 0 : null)}
          words={en.output}
        />
      ) : (
        <TextOutput shown={shown} />
      )}
      {query === null ? null : (
        <div className="composed-tools">
          {result.output.kind === 'classes' ? <p>{en.output.oneQuery(formatCount(result.output.classes.length))}</p> : null}
          <label className="check" title={en.output.residualHint}>
            <input type="checkbox" checked={countResidual} onChange={(event) => lab.views.view({ countResidual: event.target.checked })} />
            {en.output.countResidual}
          </label>
        </div>
      )}
    </>
  );
}

function TextOutput({ shown }: { readonly shown: Shown }) {
  const lab = useLab();
  const query = useLabState((state) => state.selection.query);
  const countResidual = useLabState((state) => state.view.countResidual);
  const { result, input, info } = shown;
  const head = useFittingView(info).writeHead;
  const decoder: AttentionQuestion | null = query === null ? null : { runId: result.runId, step: { kind: 'decoder' }, head, rows: [query] };
  const latents = useAnswer(decoder);
  const latentsFailed = useFailedAnswer(decoder);
  // Asked for by itself: on the input may lie the map of a latent that is selected as well, or pointed at.
  const composed: AttentionQuestion | null =
    query === null ? null : { runId: result.runId, step: { kind: 'composed', countResidual }, head: 'mean', rows: [query] };
  const reached = useAnswer(composed);
  const reachFailed = useFailedAnswer(composed);
  if (result.output.kind !== 'bytes' || input.kind !== 'text') return null;
  const bytes = lab.arrays.texts.get(input.textId);
  if (!bytes) return null;
  if (query === null)
    return <p className="column-sentence">{result.output.masked.length === 0 ? en.output.nothingMasked : en.output.clickByte}</p>;
  return (
    <ByteDetail
      bytes={bytes}
      part={input.part}
      masks={input.masks}
      output={result.output}
      byte={query + input.part.start}
      composed={reached?.weights ?? null}
      composedFailed={reachFailed ? <MapNotice error={reachFailed} region="Output" /> : null}
      latents={latents?.weights ?? null}
      latentsFailed={latentsFailed ? <MapNotice error={latentsFailed} region="Output" /> : null}
      latentsHead={head === 'mean' || info.decoderHeads === 1 ? null : head + 1}
      onSpan={(span) => lab.views.span(span)}
    />
  );
}

function SelectedLatent(props: LatentsColumnProps) {
  const { shown, gallery, table, theme } = props;
  const lab = useLab();
  const view = useFittingView(shown.info);
  const pinned = useLabState((state) => state.pinnedLatents[shown.run.modelId]);
  const latent = useLabState((state) => state.selection.latents.at(-1)) ?? 0;
  const query = useLabState((state) => state.selection.query);
  const painter = useTilePainter(props, shown.input.kind === 'text' && gallery.step.kind !== 'layer' ? 46 : 44);
  const { info, result } = shown;
  const encoder: AttentionQuestion = { runId: result.runId, step: { kind: 'encoder' }, head: view.readHead, rows: [latent] };
  const read = useAnswer(encoder);
  const readFailed = useFailedAnswer(encoder) !== null;
  const { block, layer } = view;
  const square: AttentionQuestion = { runId: result.runId, step: { kind: 'layer', block, layer }, head: view.layerHead, rows: 'all' };
  const map = useAnswer(square);
  const mapFailed = useFailedAnswer(square);
  const readers = useReaders(shown, latent);
  if (latent >= info.latents) return null;
  const shares = gallery.outputShare;
  return (
    <LatentDetail
      latents={info.latents}
      facts={{
        latent,
        rowsRead: read?.rowsRead[0] ?? Number.NaN,
        highestTimes: (read?.highest[0] ?? Number.NaN) * result.inputRows,
        output: shares ? { share: shares[latent] ?? 0, rank: rankOf(shares, latent) } : null,
      }}
      factsFailed={readFailed || gallery.failure !== null}
      hasOutput={result.queries === 1 || query !== null}
      queryLabel={result.queries === 1 || query === null ? null : queryName(shown, query)}
      pinned={pinned?.includes(latent) ?? false}
      onPin={() => lab.views.pinLatent(latent)}
      shape={{ blocks: info.blocks, layersPerBlock: info.layersPerBlock, heads: info.layerHeads }}
      choice={{ block, layer, head: view.layerHead }}
      onChoice={(choice) => lab.views.view({ block: choice.block, layer: choice.layer, layerHead: choice.head })}
      selfAttention={map?.weights ?? null}
      failed={mapFailed ? <MapNotice error={mapFailed} region="Output" /> : null}
      painter={painter}
      table={table}
      theme={theme}
      space={264}
      onSelect={(other, add) => lab.views.selectLatent(other, add)}
      onPreview={(other) => lab.views.preview({ latents: other === null ? [] : [other] })}
      readers={readers}
      onOutput={(query) => {
        focusRegion('Output');
        lab.views.selectQuery(query);
      }}
    />
  );
}

const MOST_READERS = 5;

/** Outputs of a text that give the latent the largest shares; a classifier has one query and needs no list. */
function useReaders(shown: Shown, latent: number) {
  const { result, info, input } = shown;
  const many = result.queries > 1;
  const head = useFittingView(info).writeHead;
  const answer = useAnswer(many ? { runId: result.runId, step: { kind: 'decoder' }, head, rows: 'all' } : null);
  if (!answer || input.kind !== 'text') return [];
  return Array.from(answer.rows, (query, row) => ({ query, share: answer.weights[row * info.latents + latent] ?? 0 }))
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_READERS)
    .map(({ query, share }) => ({ query, share, label: queryName(shown, query) }));
}

function FailureBox() {
  const lab = useLab();
  const failure = useLabState((state) => state.failure);
  if (!failure) return null;
  const again = (): void => {
    focusRun();
    void lab.runs.run();
  };
  if (failure.error.code === 'cancelled') {
    const at = failure.stage === 'load' ? undefined : failure.stages[failure.stage];
    const where = `${en.stageNames[failure.stage]}${at && at.steps > 1 ? `, step ${at.done + 1} of ${at.steps}` : ''}`;
    return (
      <div className="cancelled-box" role="status">
        <p>{en.errors.cancelled(where)}</p>
        <button type="button" className="button" onClick={again}>
          {en.run}
        </button>
      </div>
    );
  }
  const { otherEngine } = failure;
  return (
    <Notice error={failure.error}>
      {otherEngine ? (
        <button
          type="button"
          className="button ink"
          onClick={() => {
            focusRun();
            void lab.runs.runOn(otherEngine);
          }}
        >
          {en.errors.runOn(en.engines[otherEngine])}
        </button>
      ) : null}
      <button type="button" className="button" onClick={again}>
        {en.errors.again}
      </button>
    </Notice>
  );
}

function Moves({ text }: { readonly text: boolean }) {
  const lab = useLab();
  const made = useLabState((state) => state.settings.movesMade);
  const all: readonly (readonly [string, ReactNode, readonly [string, string]])[] = [
    ['latent', <Grip key="latent" />, en.moves.latent],
    ['output', <MousePointerClick key="output" />, en.moves.output],
    text ? ['mask', <CircleDot key="mask" />, en.moves.mask] : ['region', <SquareDashed key="region" />, en.moves.region],
  ];
  // Each is shown until it has been made once.
  const moves = all.filter(([name]) => !made.includes(name));
  return (
    <section className="moves">
      <h3>{en.moves.title}</h3>
      <ul>
        {moves.map(([name, icon, [title, sentence]]) => (
          <li key={name}>
            {icon}
            <div>
              <b>{title}</b>
              <p>{sentence}</p>
            </div>
          </li>
        ))}
      </ul>
      <p className="moves-keys">
        <button type="button" className="link-plain" onClick={() => lab.views.dialog('palette')}>
          <kbd>{shownKey('Mod+K')}</kbd> {en.moves.everyCommand}
        </button>
        <button type="button" className="link-plain" onClick={() => lab.views.dialog('shortcuts')}>
          <kbd>?</kbd> {en.moves.everyShortcut}
        </button>
      </p>
    </section>
  );
}
