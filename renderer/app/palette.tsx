/** Every command, sample, run, model, latent and class in one list: ⌘K. */
import { Command as Cmdk } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import type { Command } from './commands';
import { formatClock, formatCount } from './format';
import { shownKey } from './keys';
import { useLab, useLabState, useShownResult } from './lab-context';
import { en } from './language/en';

/** Ids of the commands run last, newest first; for this window only. */
const recent: string[] = [];
const MOST_RECENT = 3;

/** @param find opens it ready for the number of a latent. */
export function Palette({ commands, find }: { readonly commands: readonly Command[]; readonly find: boolean }) {
  const lab = useLab();
  const [text, setText] = useState('');
  const state = useLabState((current) => current);
  const result = useShownResult();
  const close = (): void => lab.views.dialog('none');
  const run = (id: string, work: () => void): void => {
    recent.splice(0, recent.length, id, ...recent.filter((other) => other !== id).slice(0, MOST_RECENT - 1));
    close();
    work();
  };
  const latents = state.models.find((model) => model.id === result?.modelId)?.info.latents ?? 0;
  const latent = /^\d+$/.test(text.trim()) && Number(text) < latents ? Number(text) : null;
  const asked = text.startsWith('=') ? text.slice(1).trim().toLowerCase() : null;
  const classes =
    asked !== null && result?.output.kind === 'classes'
      ? result.output.classes.filter(({ label }) => label.toLowerCase().includes(asked))
      : [];
  const first = recent.flatMap((id) => commands.filter((command) => command.id === id));
  const item = (command: Command, group: string) => {
    const why = command.why?.(state) ?? null;
    return (
      <Cmdk.Item
        key={command.id}
        value={`${group} ${command.id}`}
        keywords={[command.title]}
        disabled={why !== null}
        onSelect={() => run(command.id, () => command.run(lab))}
      >
        <span className="ellipsis">{command.title}</span>
        <small>{why ?? (command.key ? shownKey(command.key) : '')}</small>
      </Cmdk.Item>
    );
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay-clear" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">{en.searchCommands}</Dialog.Title>
          {/* The dialog itself gives the field the focus, and gives it back where it was. */}
          <Cmdk label={en.searchCommands} loop filter={matches}>
            <Cmdk.Input value={text} onValueChange={setText} placeholder={find ? en.palette.find : en.palette.placeholder} />
            <Cmdk.List>
              <Cmdk.Empty>{en.palette.nothing}</Cmdk.Empty>
              {latent === null ? null : (
                <Cmdk.Group heading={en.palette.latents}>
                  <Cmdk.Item
                    value={`latent ${latent}`}
                    keywords={[text]}
                    onSelect={() => run('latent', () => lab.views.selectLatent(latent))}
                  >
                    {en.palette.goLatent(latent)}
                  </Cmdk.Item>
                </Cmdk.Group>
              )}
              {classes.length === 0 ? null : (
                <Cmdk.Group heading={en.palette.classes}>
                  {classes.slice(0, 8).map(({ label, index }) => (
                    <Cmdk.Item
                      key={index}
                      value={`class ${index}`}
                      keywords={[text]}
                      onSelect={() => run('class', () => lab.views.selectQuery(0))}
                    >
                      {label}
                    </Cmdk.Item>
                  ))}
                </Cmdk.Group>
              )}
              {!find && first.length > 0 && text === '' ? (
                <Cmdk.Group heading={en.palette.recent}>{first.map((command) => item(command, 'recent'))}</Cmdk.Group>
              ) : null}
              {find ? null : (
                <>
                  <Cmdk.Group heading={en.palette.commands}>
                    {commands.filter((command) => command.id !== 'palette').map((command) => item(command, 'command'))}
                  </Cmdk.Group>
                  <Cmdk.Group heading={en.palette.samples}>
                    {state.samples.map((sample) => (
                      <Cmdk.Item
                        key={sample.id}
                        value={`sample ${sample.id}`}
                        keywords={[sample.name]}
                        onSelect={() => run(`sample:${sample.id}`, () => void lab.inputs.openSample(sample.id))}
                      >
                        {sample.name}
                      </Cmdk.Item>
                    ))}
                  </Cmdk.Group>
                  <Cmdk.Group heading={en.palette.models}>
                    {state.models.map((model) => (
                      <Cmdk.Item
                        key={model.id}
                        value={`model ${model.id}`}
                        keywords={[model.title]}
                        onSelect={() => run('model', () => lab.inputs.chooseModel(model.id))}
                      >
                        <span className="ellipsis">{model.title}</span>
                        <small>{en.palette.latentCount(formatCount(model.info.latents))}</small>
                      </Cmdk.Item>
                    ))}
                  </Cmdk.Group>
                  {state.runs.length === 0 ? null : (
                    <Cmdk.Group heading={en.palette.runs}>
                      {state.runs.slice(0, 12).map((entry) => (
                        <Cmdk.Item
                          key={entry.id}
                          value={`run ${entry.id}`}
                          keywords={[entry.title, entry.input.name]}
                          onSelect={() => run('run', () => lab.inputs.restoreRun(entry.id))}
                        >
                          <span className="ellipsis">
                            {entry.title} · {entry.input.name}
                          </span>
                          <small>{formatClock(entry.at)}</small>
                        </Cmdk.Item>
                      ))}
                    </Cmdk.Group>
                  )}
                </>
              )}
            </Cmdk.List>
          </Cmdk>
          <p className="palette-hint">{en.palette.hint}</p>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Letters in order anywhere in a title; beginnings of words and unbroken runs first. Ids stand in values and are never searched. */
export function matches(_: string, search: string, keywords: readonly string[] = []): number {
  const wanted = search.toLowerCase().trim();
  if (wanted === '') return 1;
  let best = 0;
  for (const title of keywords) {
    const text = title.toLowerCase();
    const at = text.indexOf(wanted);
    if (at === 0) return 1;
    if (at > 0) best = Math.max(best, /\W/.test(text[at - 1] ?? '') ? 0.9 : 0.6);
    else if (inOrder(text, wanted)) best = Math.max(best, 0.2);
  }
  return best;
}

function inOrder(text: string, wanted: string): boolean {
  let at = -1;
  for (const letter of wanted) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}
