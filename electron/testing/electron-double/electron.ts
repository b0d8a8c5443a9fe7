/**
 * What `import … from 'electron'` is for the shipped main bundle when it runs under the double, and the double's own start:
 * it joins the browser that the test opened, and takes orders from the test over the process's pipe.
 */
import { chromium } from 'playwright-core';
import { app, dialog, Menu, type MenuItem } from './app';
import { utilityProcess as forked, parentPortModule } from './utility-process';
import { BrowserWindow, surroundings } from './window';

export { app, dialog, ipcMain, Menu, nativeTheme, protocol, screen, session } from './app';
export { MessageChannelMain } from './ports';
export { BrowserWindow } from './window';
export const utilityProcess = forked;

/** What the test asks of the double; each order is answered with its id. */
export type Order =
  | { readonly do: 'menu' }
  | { readonly do: 'click'; readonly id: string }
  | { readonly do: 'choose'; readonly paths: readonly string[] }
  | { readonly do: 'second-instance'; readonly args: readonly string[] }
  | { readonly do: 'state' };

app.closeWindows = async () => {
  await Promise.all([...BrowserWindow.all].map((window) => window.close()));
};

const flat = (items: readonly MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

function obey(order: Order): unknown {
  if (order.do === 'menu') return flat(Menu.current).map(({ click: _click, submenu: _submenu, ...item }) => item);
  if (order.do === 'choose') return void dialog.chosen.push(...order.paths);
  if (order.do === 'second-instance') return app.emit('second-instance', {}, order.args);
  if (order.do === 'state')
    return { errors: dialog.errors, recent: app.recent, progress: [...BrowserWindow.all].flatMap((window) => window.progress) };
  const item = flat(Menu.current).find(({ id }) => id === order.id);
  if (!item?.click) throw new Error(`The menu has no item ${order.id}.`);
  return item.click();
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  try {
    process.send?.({ id, answer: obey(order) ?? null });
  } catch (thrown) {
    process.send?.({ id, failed: String(thrown) });
  }
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => app.quit());

const settings = JSON.parse(process.env.ELECTRON_DOUBLE ?? '{}') as { endpoint: string; pageScript: string; parentPort: string };
parentPortModule.url = settings.parentPort;
surroundings.pageScript = settings.pageScript;
// Not awaited here: the app registers its schemes first, as in Electron, and is ready afterwards.
void chromium.connectOverCDP(settings.endpoint).then((browser) => {
  surroundings.context = browser.contexts()[0] ?? null;
  app.becomeReady();
});
