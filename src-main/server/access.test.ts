import { describe, expect, test } from 'vitest';
import { cookieValue, isLoopbackHost, isOwnOrigin, newToken, sameToken, securityHeaders } from './access.ts';

describe('who may talk to the server', () => {
  test.each(['127.0.0.1:4000', 'localhost', 'localhost:80', '[::1]:9'])('loopback name %s', (host) =>
    expect(isLoopbackHost(host)).toBe(true),
  );
  test.each(['evil.example', '127.0.0.1.evil.example:80', '10.0.0.5:4000', '', undefined])(
    'other name %s',
    (host) => expect(isLoopbackHost(host)).toBe(false),
  );

  test('only our own origin, or none', () => {
    expect(isOwnOrigin(undefined, '127.0.0.1:4000')).toBe(true);
    expect(isOwnOrigin('http://127.0.0.1:4000', '127.0.0.1:4000')).toBe(true);
    expect(isOwnOrigin('http://127.0.0.1:4001', '127.0.0.1:4000')).toBe(false);
    expect(isOwnOrigin('null', '127.0.0.1:4000')).toBe(false);
  });

  test('tokens are long, differ, and compare whole', () => {
    const token = newToken();
    expect(token.length).toBeGreaterThanOrEqual(43);
    expect(newToken()).not.toBe(token);
    expect(sameToken(token, token)).toBe(true);
    expect(sameToken(token.slice(1), token)).toBe(false);
    expect(sameToken(undefined, token)).toBe(false);
  });

  test('cookie by name, not by the end of a name', () => {
    expect(cookieValue('a=1; voltcast=xyz', 'voltcast')).toBe('xyz');
    expect(cookieValue('notvoltcast=xyz', 'voltcast')).toBeUndefined();
    expect(cookieValue(undefined, 'voltcast')).toBeUndefined();
  });

  test('the policy lets no foreign or inline script in', () => {
    const policy = securityHeaders['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
  });
});
