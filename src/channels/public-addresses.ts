/**
 * Decides which IP addresses are public. A workspace from somebody else must not be able to reach services that only this
 * machine or its network can: a router's settings, a database, the metadata of a virtual machine.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** The special-purpose addresses that are not globally reachable (IANA registries of RFC 6890). */
const special = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // behind carrier-grade NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local
  '172.16.0.0/12', // private
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '::/96', // this host, loopback, IPv4-compatible
  '64:ff9b:1::/48', // local translation of IPv4
  '100::/64',
  '2001::/32', // Teredo
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
  'fc00::/7', // private
  'fe80::/10', // link-local
  'fec0::/10', // site-local
  'ff00::/8', // multicast
];

let known: BlockList | undefined;

function specialAddresses(): BlockList {
  if (!known) {
    known = new BlockList();
    for (const subnet of special) {
      const [net, prefix] = subnet.split('/') as [string, string];
      known.addSubnet(net, Number(prefix), isIPv4(net) ? 'ipv4' : 'ipv6');
    }
  }
  return known;
}

/** Whether an IP address is public; an IPv6 address that stands for an IPv4 address is judged by that. */
export function isPublicAddress(address: string): boolean {
  const [ip = ''] = address.split('%');
  const inside = isIPv6(ip) ? embedded(ip) : ip;
  return isIP(inside) !== 0 && !specialAddresses().check(inside, isIPv4(inside) ? 'ipv4' : 'ipv6');
}

/** Returns the IPv4 address inside a mapped (::ffff:0:0/96) or translated (64:ff9b::/96) one; any other address unchanged. */
function embedded(ip: string): string {
  const text = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const match = /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})?$/.exec(text);
  if (!match) return text;
  const [high, low] = [match[1] ?? '0', match[2] ?? '0'].map(group => Number.parseInt(group, 16)) as [
    number,
    number,
  ];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Host names of this machine and its network, which are never public (RFC 6761, 6762, 8375, `.internal`). */
const INTERNAL_NAME = /^(?:[^.]+|(?:.+\.)?(?:localhost|local|internal|home\.arpa|lan))\.?$/;

/** Whether an origin leads to this machine or its network, as far as its text shows. */
export function isInternalByName(origin: string): boolean {
  const { hostname } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? INTERNAL_NAME.test(host) : !isPublicAddress(host);
}
