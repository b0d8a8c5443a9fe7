/**
 * What a page of ours may do, as headers: the same list whether Electron's own protocol or browser mode serves it.
 * Nothing remote, no inline script, styles by nonce; isolated from other origins, so that WASM may have threads.
 */
import { randomBytes } from 'node:crypto';

/** Stands in the built index.html wherever a nonce belongs (Vite's `html.cspNonce`), and is replaced for every page. */
export const NONCE_MARK = 'PERCEIVER_LAB_NONCE';

export function newNonce(): string {
  return randomBytes(16).toString('base64url');
}

export function contentSecurityPolicy(nonce: string | null): string {
  const style = nonce === null ? "'self'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `style-src ${style}`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers of every answer; a page has a nonce of its own, any other file none. */
export function pageHeaders(nonce: string | null = null): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(nonce),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), midi=(), payment=()',
  };
}
