/** @file Who may talk to the local server: a loopback name, our own origin, and the token of this start. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { contentSecurityPolicy } from '../api/page-policy.ts';

export const cookieName = 'voltcast';
export const newToken = (): string => randomBytes(32).toString('base64url');

export function sameToken(given: string | undefined, token: string): boolean {
  if (given === undefined) return false;
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The name of a Host header or origin without its port. */
const hostName = (host: string): string => host.replace(/:\d+$/, '');

/** A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding), so the Host header must be a loopback name. */
export const isLoopbackHost = (host: string | undefined): boolean =>
  host !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(hostName(host));

/** Requests that carry an origin must come from our own page. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  return host !== undefined && origin === `http://${host}`;
}

export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=()',
};
