/** Entry of the window: connects to its host, makes the lab, draws it. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectToHost } from '../electron/contract/connection';
import { decodeTextFile } from '../models/modality/text-file';
import type { EngineName } from '../models/runtime/types';
import { App } from './app/app';
import './app/theme.css';
import './app/shell.css';
import { createWebEngines } from './engine/web-engines';
import { decodeImageFile } from './panels/image/decode-image-file';
import { createLab } from './state/lab';

/** The largest text file a window opens. */
const MAX_TEXT_BYTES = 4_000_000;

// Libraries that insert style elements (react-remove-scroll, under Radix) take the page's nonce from here.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });

const connection = await connectToHost();
const web = createWebEngines(connection.host);
const lab = createLab({
  host: connection.host,
  engine: (name: EngineName) => (name === 'native' ? connection.engine() : web.client(name)),
  decodeImage: (file, name) => decodeImageFile(file, name),
  decodeText: (bytes, name) => decodeTextFile(bytes, name, { maxBytes: MAX_TEXT_BYTES }),
});
connection.onLost(() => lab.lost());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App lab={lab} />
  </StrictMode>,
);
void web.announce();
void lab.start();
