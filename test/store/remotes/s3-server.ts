/** A bucket of the test's own: the requests of S3 that a journal needs, with the faults that real stores have. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';

export interface Faults {
  /** Ignores conditions, as stores do that do not know them. */
  unconditional?: boolean;
  /** Answers the next puts with 409, as S3 does for two at once. */
  conflicts?: number;
  /** Cuts the connection of the next puts, before or after they are carried out. */
  cuts?: ('before' | 'after')[];
  /** Answers everything with this status. */
  status?: number;
  /** How many keys a page of a list has. */
  page?: number;
}

export const credentials = { AWS_ACCESS_KEY_ID: 'test-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };

export class S3Server {
  readonly objects = new Map<string, Buffer>();
  faults: Faults = {};
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  url(bucket: string): string {
    return `s3://${bucket}/sales?endpoint=http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url!, `http://${request.headers.host}`);
    const end = (status: number, body: string | Buffer = '', headers = {}) =>
      response.writeHead(status, headers).end(body);
    const refuse = (status: number, code: string, message: string) =>
      end(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    if (!(await isSigned(request, url)))
      return void refuse(403, 'SignatureDoesNotMatch', 'The signature does not match.');
    if (this.faults.status !== undefined)
      return void refuse(this.faults.status, 'AccessDenied', 'no puts on Mondays');
    const key = decodeURIComponent(url.pathname.slice(1));
    if (request.method === 'GET' && url.searchParams.has('list-type'))
      return void end(200, this.#list(key, url.searchParams));
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return void end(204);
    }
    if (request.method === 'PUT')
      return void this.#put(request, response, key, Buffer.concat(chunks), refuse);
    const object = this.objects.get(key);
    if (!object) return void refuse(404, 'NoSuchKey', 'The specified key does not exist.');
    end(200, object, { etag: etagOf(object) });
  }

  #put(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    body: Buffer,
    refuse: (...said: [number, string, string]) => void,
  ): void {
    const cut = this.faults.cuts?.shift();
    if (cut === 'before') return void request.socket.destroy();
    if ((this.faults.conflicts ?? 0) > 0) {
      this.faults.conflicts!--;
      refuse(409, 'ConditionalRequestConflict', 'A conflicting operation is under way.');
      return;
    }
    const there = this.objects.get(key);
    const { 'if-none-match': none, 'if-match': match } = request.headers;
    const isRefused = (none === '*' && there) || (match !== undefined && (!there || match !== etagOf(there)));
    if (isRefused && !this.faults.unconditional) {
      refuse(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold.');
      return;
    }
    this.objects.set(key, body);
    if (cut === 'after') return void request.socket.destroy();
    response.writeHead(200, { etag: etagOf(body) }).end();
  }

  #list(bucket: string, query: URLSearchParams): string {
    const begin = `${bucket.replace(/\/$/, '')}/`;
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const keys = [...this.objects.keys()]
      .filter(key => key.startsWith(begin))
      .map(key => key.slice(begin.length))
      .filter(key => key.startsWith(query.get('prefix') ?? '') && key > after)
      .sort();
    const page = keys.slice(0, this.faults.page ?? 1000);
    const more =
      page.length < keys.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return `<ListBucketResult>${page.map(key => `<Contents><Key>${key}</Key></Contents>`).join('')}${more}</ListBucketResult>`;
  }
}

const etagOf = (object: Buffer): string => `"${createHash('md5').update(object).digest('hex')}"`;

/** Whether the request has the signature that the same key makes of it. */
async function isSigned(request: IncomingMessage, url: URL): Promise<boolean> {
  const { authorization = '', 'x-amz-date': datetime, 'x-amz-content-sha256': hash } = request.headers;
  const signed = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? [];
  const headers = Object.fromEntries(
    signed.filter(name => name !== 'host').map(name => [name, String(request.headers[name] ?? '')]),
  );
  const signer = new AwsV4Signer({
    method: request.method!,
    url: url.href,
    headers: { ...headers, ...(hash !== undefined && { 'x-amz-content-sha256': String(hash) }) },
    accessKeyId: credentials.AWS_ACCESS_KEY_ID,
    secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY,
    service: 's3',
    region: 'us-east-1',
    datetime: String(datetime),
  });
  const expected = (await signer.sign()).headers.get('authorization');
  return /Signature=(\w+)/.exec(authorization)?.[1] === /Signature=(\w+)/.exec(expected ?? '')?.[1];
}
