/** The host contract, answered for one window. */
import type { Handlers } from '../contract/define';
import type { AppEvent, HostContract } from '../contract/host';
import type { Host } from './index';

/** What the host needs of a window: the place its menu commands and files come from. */
export interface HostWindow {
  /** Returns the function that stops listening. */
  onAppEvent(listener: (event: AppEvent) => void): () => void;
  /** Dock or taskbar, where there is one. */
  showProgress?(fraction: number | null, failed: boolean): void;
}

export function hostHandlers(host: Host, window: HostWindow): Handlers<HostContract> {
  const { models, samples, settings, engines, runs, options } = host;
  return {
    hello: () => ({
      version: options.version,
      mode: options.mode,
      modeReason: options.modeReason,
      platform: process.platform,
      settings: settings.current,
    }),
    models: () => models.list(),
    modelFiles: ({ modelId }) => models.files(modelId),
    modelRead: ({ modelId, file, offset, length }) => models.read(modelId, file, offset, length),
    samples: () => samples.list(),
    sampleRead: ({ sampleId }) => samples.read(sampleId),
    settingsWrite: async (change) => {
      const next = await settings.write(withoutUndefined(change));
      engines.changed();
      return next;
    },
    enginesWatch: (_, { signal, report }) => untilAborted(signal, () => engines.watch(report)),
    engineReport: (state) => engines.report(window, state),
    engineChoose: async ({ choice }) => {
      await settings.write({ engineChoice: choice });
      engines.changed();
      return engines.view;
    },
    engineRestart: ({ engine }) => engines.restart(engine),
    runRecord: (entry) => {
      runs.add(entry);
      engines.changed();
    },
    workProgress: ({ fraction, failed }) => window.showProgress?.(fraction, failed),
    appEvents: (_, { signal, report }) => untilAborted(signal, () => window.onAppEvent(report)),
  };
}

/** A call that stays open until the window lets go of it or closes. */
function untilAborted(signal: AbortSignal, listen: () => () => void): Promise<void> {
  return new Promise((resolve) => {
    const stop = listen();
    signal.addEventListener(
      'abort',
      () => {
        stop();
        resolve();
      },
      { once: true },
    );
  });
}

function withoutUndefined<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
