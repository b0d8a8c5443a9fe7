/**
 * npm start: from a bare clone to an open window. Installs and builds what is missing, then opens Perceiver Lab in
 * Electron, else in browser mode in an installed Chromium, Chrome or Edge, and says which and why.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findBrowser, hasDisplay, openBrowser } from './browser.mjs';
import { getElectron, runElectron } from './electron.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

const ROOT = resolve(import.meta.dirname, '..');
/** A reload, or a browser that is slow to come back, is no end. */
const CLOSE_WHEN_EMPTY_MS = 10_000;

export const HELP = `Usage: npm start [-- options] [-- file ...]

Opens Perceiver Lab: in Electron where its binary can be had, otherwise in a
browser window of an installed Chromium, Chrome or Edge.

  --browser     browser mode, also where Electron is there
  --electron    try to fetch Electron again, although it failed within the last day
  --no-open     browser mode without opening a browser: print the address and serve until Ctrl+C
  --port N      port of browser mode, on 127.0.0.1 (any free one unless told)
  --help        this text

In browser mode the browser window has a profile of its own, and the program ends
ten seconds after its last window closed. PERCEIVER_LAB_BROWSER names a browser to use.
`;

/** What is asked for, or `{ wrong }`: a sentence. */
export function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        browser: { type: 'boolean', default: false },
        electron: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string', default: '0' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65535) return { wrong: `--port takes a number from 1 to 65535, not “${values.port}”.` };
    if (values.electron && (values.browser || values['no-open'])) return { wrong: '--electron and browser mode exclude each other.' };
    // npm changes folder: what a person types is relative to where they typed it.
    const files = positionals.map((path) => resolve(process.env.INIT_CWD ?? process.cwd(), path));
    return { browser: values.browser, electron: values.electron, open: !values['no-open'], port, help: values.help, files };
  } catch (error) {
    return { wrong: `${error.message.split('\n')[0]}` };
  }
}

/** Runs Electron; answers with why not where browser mode has to do. */
async function tryElectron({ browser, electron, open, files }) {
  if (browser) return 'It was asked for.';
  if (!open) return 'No window was asked for.';
  if (!hasDisplay()) return 'There is no display.';
  const got = await getElectron({ again: electron });
  if (got.reason) return got.reason;
  console.log('Perceiver Lab opens in Electron.');
  const ended = await runElectron(got.path, files);
  if (ended.reason) return ended.reason;
  process.exit(ended.code);
}

async function browserMode(reason, { open, port, files }) {
  const { openBrowserMode } = await import(pathToFileURL(join(ROOT, 'out', 'main', 'server.js')).href);
  const browser = open && hasDisplay() ? findBrowser() : null;
  const mode = await openBrowserMode({ port, modeReason: reason, files, closeWhenEmptyMs: browser ? CLOSE_WHEN_EMPTY_MS : null });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void mode.close());
  console.log(`Perceiver Lab runs in browser mode. ${reason}`);
  console.log(`Address: ${mode.address}`);
  const failed = browser ? await openBrowser(browser, mode.address, mode.profileFolder) : whyNotOpened(open);
  console.log(failed ? `${failed} Open the address in Chromium, Chrome or Edge on this computer.` : `Opened in ${browser}.`);
  if (failed) mode.stayOpen();
  await mode.closed;
}

function whyNotOpened(open) {
  if (!open) return 'No browser is opened.';
  return hasDisplay() ? 'No Chromium, Chrome or Edge was found.' : 'There is no display for a browser.';
}

async function main() {
  const asked = readArguments(process.argv.slice(2));
  if (asked.wrong) {
    process.stderr.write(`${asked.wrong}\n\n${HELP}`);
    process.exit(2);
  }
  if (asked.help) {
    process.stdout.write(HELP);
    return;
  }
  await ensureInstalled();
  await ensureBuilt();
  await browserMode(await tryElectron(asked), asked);
  // Nothing is left to do; a browser's pipe may still be open.
  process.exit(0);
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n${error.hint ? `${error.hint}\n` : ''}`);
    process.exit(1);
  });
}
