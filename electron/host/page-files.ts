/** The window's built files by address, kept inside their folder, with the types browsers insist on. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { NONCE_MARK, newNonce, pageHeaders } from './page-policy';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
};

export interface PageFile {
  readonly status: 200 | 204 | 404;

  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** `pathname` as in an address, still percent-encoded. What is not a known type of file inside the folder is not found. */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile> {
  // Browsers ask for this one unasked; the page names its icon itself.
  if (pathname === '/favicon.ico') return { status: 204, headers: pageHeaders(), body: new Uint8Array(0) };
  const path = await pathInside(folder, pathname);
  const type = path === null ? undefined : TYPES[extname(path)];
  if (path === null || type === undefined) return notFound();
  const bytes = await readFile(path);
  if (extname(path) === '.html') return page(bytes.toString('utf8'), type);
  // Names of built files carry their content's hash.
  const cache = pathname.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
  return { status: 200, headers: { ...pageHeaders(), 'content-type': type, 'cache-control': cache }, body: new Uint8Array(bytes) };
}

function page(html: string, type: string): PageFile {
  const nonce = newNonce();
  const body = new TextEncoder().encode(html.replaceAll(NONCE_MARK, nonce));
  return { status: 200, headers: { ...pageHeaders(nonce), 'content-type': type, 'cache-control': 'no-store' }, body };
}

function notFound(): PageFile {
  return {
    status: 404,
    headers: { ...pageHeaders(), 'content-type': 'text/plain; charset=utf-8' },
    body: new TextEncoder().encode('There is no such file.\n'),
  };
}

/** The real path of a file below `folder`, links followed; null for anything else. */
async function pathInside(folder: string, pathname: string): Promise<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, decoded === '/' ? 'index.html' : decoded));
    return path.startsWith(root + sep) && (await stat(path)).isFile() ? path : null;
  } catch {
    return null;
  }
}
