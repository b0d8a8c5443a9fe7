/**
 * Who may speak to browser mode: only pages it served itself, to a person who has the address the terminal printed.
 * Host is checked against rebinding of names, Origin against other pages, the token against other users and programs.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Access {
  readonly token: string;
  /** `name=value; …` that moves the token from the address into a cookie. */
  readonly cookie: string;
  /** The request names this server by a loopback name, so that a foreign name cannot be bound to it. */
  knowsHost(request: IncomingMessage): boolean;
  /** The page that opens a socket is one of ours. A request without an Origin is no page. */
  sameOrigin(request: IncomingMessage): boolean;
  /** The request carries the token as its cookie. */
  admitted(request: IncomingMessage): boolean;
  isToken(candidate: string | null): boolean;
}

export function createAccess(port: number): Access {
  const token = randomBytes(32).toString('base64url');
  // Cookies do not know ports: the name keeps two labs on one machine apart.
  const cookieName = `perceiver-lab-${port}`;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const isToken = (candidate: string | null) => {
    const given = Buffer.from(candidate ?? '');
    const expected = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return {
    token,
    cookie: `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`,
    isToken,
    knowsHost: (request) => hosts.includes(request.headers.host ?? ''),
    sameOrigin: (request) => request.headers.origin === `http://${request.headers.host}`,
    admitted: (request) =>
      (request.headers.cookie ?? '').split(';').some((pair) => {
        const [name, value] = pair.trim().split('=');
        return name === cookieName && isToken(value ?? null);
      }),
  };
}
