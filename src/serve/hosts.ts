/**
 * Checks the Host header. A page of somebody else can have a host name that points to this machine (DNS rebinding): its
 * requests arrive here with that name.
 */
import type { Listen, ServeSettings } from '../domain/serve-settings.ts';

const loopback: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Returns whether a Host header names this server; the port makes no difference. */
export function hostsOf(
  { address, hosts }: Pick<ServeSettings, 'address' | 'hosts'>,
  listen: Listen,
): (header: string | undefined) => boolean {
  const known = new Set(hosts.map(host => nameIn(host)));
  if (address !== undefined) known.add(nameIn(new URL(address).host));
  known.add(listen.host.toLowerCase());
  if (loopback.includes(listen.host)) for (const each of loopback) known.add(each);
  return header => header !== undefined && known.has(nameIn(header));
}

/** The name in a Host header, without the port and the dot at the end. */
function nameIn(header: string): string {
  const host = header.toLowerCase();
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1];
  // Several colons without brackets: an IPv6 address.
  return bracketed ?? (/^[^:]*:\d*$/.test(host) ? host.slice(0, host.indexOf(':')) : host).replace(/\.$/, '');
}
