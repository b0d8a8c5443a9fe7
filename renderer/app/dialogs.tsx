/** Settings and the sheet of shortcuts: one page each, saved as you change it. */
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import type { Command } from './commands';
import { shownKey } from './keys';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { Choice } from './segments';

function Sheet({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const lab = useLab();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && lab.views.dialog('none')}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="sheet" aria-describedby={undefined}>
          <header>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="button quiet icon" aria-label={en.shortcuts.close}>
              <X />
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export function ShortcutsSheet({ commands }: { readonly commands: readonly Command[] }) {
  return (
    <Sheet title={en.shortcuts.title}>
      <dl className="shortcuts">
        {commands
          // Esc does more than cancel; it stands among the other keys.
          .filter((command) => command.key && command.key !== 'Esc')
          .map((command) => (
            <div key={command.id}>
              <dt>{command.title}</dt>
              <dd>
                <kbd>{shownKey(command.key ?? '')}</kbd>
              </dd>
            </div>
          ))}
        {en.shortcuts.keys.map(([title, keys]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{shownKey(key)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="column-note">{en.shortcuts.note}</p>
    </Sheet>
  );
}

export function SettingsSheet() {
  const lab = useLab();
  const settings = useLabState((state) => state.settings);
  const mode = useLabState((state) => state.mode);
  const words = en.settingsPage;
  const entries = <T extends string>(names: Readonly<Record<T, string>>) => Object.entries(names) as [T, string][];
  return (
    <Sheet title={words.title}>
      <div className="settings">
        <span>{words.theme}</span>
        <Choice
          label={words.theme}
          value={settings.theme}
          options={entries(words.themes)}
          onChange={(theme) => lab.views.settings({ theme: theme as 'light' })}
        />
        <span>{words.colourMap}</span>
        <Choice
          label={words.colourMap}
          value={settings.colourMap}
          options={entries(words.colourMaps)}
          onChange={(map) => lab.views.settings({ colourMap: map as 'ember' })}
        />
        <span>{words.motion}</span>
        <Choice
          label={words.motion}
          value={settings.motion}
          options={entries(words.motions)}
          onChange={(motion) => lab.views.settings({ motion: motion as 'system' })}
        />
        <label className="check">
          <input type="checkbox" checked={settings.autoRun} onChange={(event) => lab.views.settings({ autoRun: event.target.checked })} />
          {words.autoRun}
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={settings.letterKeys}
            onChange={(event) => lab.views.settings({ letterKeys: event.target.checked })}
          />
          {words.letterKeys}
        </label>
      </div>
      <p className="column-note">
        {words.saved} {words.about(mode.version, mode.kind === 'electron' ? words.electron : words.browser)} {mode.reason}
      </p>
    </Sheet>
  );
}
