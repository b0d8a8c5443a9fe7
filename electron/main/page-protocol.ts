/** `lab://app/`: the window's files by our own protocol, never `file:`. A standard, secure scheme, so that it has an origin. */
import { protocol } from 'electron';
import { readPageFile } from '../host/page-files';

export const SCHEME = 'lab';
export const PAGE_HOST = 'app';
export const PAGE_ADDRESS = `${SCHEME}://${PAGE_HOST}/`;

/** Before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Once it is ready. */
export function servePages(rendererFolder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const ours = url.host === PAGE_HOST && (request.method === 'GET' || request.method === 'HEAD');
    if (!ours) return new Response('There is no such page.\n', { status: 404 });
    const { status, headers, body } = await readPageFile(rendererFolder, url.pathname);
    return new Response(status === 204 ? null : body, { status, headers });
  });
}

/** Whether an address is a page of ours: the only ones that may stay open or speak to main. */
export function isOurPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${SCHEME}:` && url.host === PAGE_HOST;
}
