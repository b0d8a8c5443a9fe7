/** Entry of the window: connects to its host, makes the lab, draws it. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectToHost } from '../electron/contract/connection';
import type { EngineName } from '../models/runtime/types';
import { App } from './app/app';
import './app/theme.css';
import './app/shell.css';
import { createWebEngines } from './engine/web-engines';
import { decodeFile } from './panels/decode-file';
import { createLab } from './state/lab';

// Libraries that insert style elements (react-remove-scroll, under Radix) take the page's nonce from here.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });

const connection = await connectToHost();
const web = createWebEngines(connection.host);
const lab = createLab({
  host: connection.host,
  engine: (name: EngineName) => (name === 'native' ? connection.engine() : web.client(name)),
  decode: decodeFile,
});
connection.onLost(() => lab.lost());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
// What the error boundary caught stands in the window as a notice; the console is for those who look there.
createRoot(root, { onCaughtError: (error) => console.warn(error) }).render(
  <StrictMode>
    <App lab={lab} />
  </StrictMode>,
);
void web.announce();
void lab.start();
