/** Finds the client of a request: the other end of the connection, or the client that a trusted proxy names. */
import { BlockList, isIP } from 'node:net';

/** Returns the function that says which client sends a request. */
export function clientsBehind(
  trustedProxies: readonly string[],
): (remote: string | undefined, forwarded: string | undefined) => string {
  const trusted = new BlockList();
  for (const each of trustedProxies) {
    const [address, prefix] = each.split('/') as [string, string?];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) continue;
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (remote = '', forwarded) => {
    let client = plain(remote);
    // Each proxy appends its own client. Read from the end, everything before the first untrusted address may be made up.
    for (const each of (forwarded ?? '').split(',').reverse()) {
      const named = plain(each.trim());
      if (isIP(named) === 0 || isIP(client) === 0 || !isTrusted(client)) break;
      client = named;
    }
    return client;
  };
}

/** Returns an address without its port, and a mapped IPv4 address as IPv4: `::ffff:192.0.2.1` is 192.0.2.1. */
const plain = (text: string): string =>
  text
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');

/** Returns the key that requests are counted by: for IPv6 the /64 network, since one customer has 2^64 addresses. */
export function countedAs(client: string): string {
  if (isIP(client) !== 6) return client;
  const [head = '', tail] = client.split('::') as [string, string?];
  const groups = head.split(':').filter(group => group !== '');
  if (tail !== undefined) {
    const after = tail.split(':').filter(group => group !== '');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':');
}
