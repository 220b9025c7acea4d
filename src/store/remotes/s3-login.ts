/**
 * Finds the bucket and the key that signs: from the address, otherwise the AWS variables and profiles, like the aws
 * program.
 */
import { usage } from '../../domain/errors.ts';
import { sectionOf } from './ini-file.ts';
import type { RemotePlace } from './kind.ts';

export interface Bucket {
  /** The address of the bucket, without a slash at its end: `https://s3.eu-west-1.amazonaws.com/acme`. */
  readonly base: string;
  /** Before every key: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

const parameters = ['endpoint', 'region', 'profile'];

/** Throws USAGE for an address that does not name a bucket. */
export function checkBucket(url: URL): void {
  for (const name of url.searchParams.keys())
    if (!parameters.includes(name))
      throw usage(`${url.href}: ${JSON.stringify(name)} is not a parameter`, parameters.join(', '));
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname))
    throw usage(`${url.href} does not name a bucket`, 's3://bucket/prefix');
  if (!/^[A-Za-z0-9/!_.*'()-]*$/.test(url.pathname))
    throw usage(`${url.href}: a prefix has letters, digits and / ! _ . * ' ( ) - only`, 's3://bucket/prefix');
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null) requireEndpoint(endpoint);
}

/** Plain HTTP is only for this machine: keys are not sent, but the contents of the workspace are. */
function requireEndpoint(endpoint: string): void {
  const isUrl = URL.canParse(endpoint);
  const { protocol, hostname } = isUrl ? new URL(endpoint) : { protocol: '', hostname: '' };
  const isNear = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol !== 'https:' && !(protocol === 'http:' && isNear))
    throw usage(
      `${JSON.stringify(endpoint)} is not an endpoint`,
      'https://...; http:// for this machine alone',
    );
}

/** Throws USAGE if there is no key to sign with. */
export function bucketOf(url: URL, { io, env }: Pick<RemotePlace, 'io' | 'env'>): Bucket {
  const profile = url.searchParams.get('profile') ?? env.AWS_PROFILE ?? 'default';
  const home = `${env.HOME}/.aws`;
  const keys = sectionOf(io, env.AWS_SHARED_CREDENTIALS_FILE ?? `${home}/credentials`, profile) ?? {};
  const config = env.AWS_CONFIG_FILE ?? `${home}/config`;
  const settings = sectionOf(io, config, `profile ${profile}`) ?? sectionOf(io, config, profile) ?? {};
  const isNamed = url.searchParams.has('profile');
  const given = isNamed ? {} : env;
  const accessKeyId = given.AWS_ACCESS_KEY_ID ?? keys.aws_access_key_id ?? settings.aws_access_key_id;
  const secretAccessKey =
    given.AWS_SECRET_ACCESS_KEY ?? keys.aws_secret_access_key ?? settings.aws_secret_access_key;
  if (!accessKeyId || !secretAccessKey)
    throw usage(
      `there is no key for ${url.href}`,
      `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile ${JSON.stringify(profile)} in ${home}/credentials`,
    );
  const region =
    url.searchParams.get('region') ??
    env.AWS_REGION ??
    env.AWS_DEFAULT_REGION ??
    settings.region ??
    'us-east-1';
  const endpoint =
    url.searchParams.get('endpoint') ??
    env.AWS_ENDPOINT_URL_S3 ??
    env.AWS_ENDPOINT_URL ??
    settings.endpoint_url ??
    `https://s3.${region}.amazonaws.com`;
  requireEndpoint(endpoint);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  return {
    base: `${endpoint.replace(/\/+$/, '')}/${url.hostname}`,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region,
    accessKeyId,
    secretAccessKey,
    sessionToken: given.AWS_SESSION_TOKEN ?? keys.aws_session_token,
  };
}
