/** The few requests to a bucket that a journal needs, each signed, with what its answer means. */
import type { AwsClient } from 'aws4fetch';
import type { Bucket } from './s3-login.ts';
import { Refused, unreached } from './remote.ts';

/** Milliseconds until a request without an answer is given up. */
const PATIENCE = 30_000;

/** The bucket's answer was lost or unclear: the request may have been carried out. */
export class Unsure extends Error {}

/** The outcome of a conditional PUT. */
export type Put = 'done' | 'taken' | 'again';

export class S3Bucket {
  readonly #client: AwsClient;
  readonly #bucket: Bucket;
  readonly #shown: string;

  constructor(client: AwsClient, bucket: Bucket, shown: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#shown = shown;
  }

  /** The bytes of an object with its version; undefined if there is none. */
  async get(key: string): Promise<{ readonly bytes: Buffer; readonly etag: string } | undefined> {
    const response = await this.#ask('GET', this.#url(key));
    if (response.status === 404) {
      const text = await response.text();
      // A missing bucket would look like an empty journal.
      if (text.includes('NoSuchBucket')) throw this.#refusal(404, text);
      return undefined;
    }
    const bytes = Buffer.from(await this.#body(response));
    if (response.status !== 200) throw this.#refusal(response.status, bytes.toString('utf8'));
    return { bytes, etag: response.headers.get('etag') ?? '' };
  }

  /** Puts an object if there is none (`taken` if there is), or in the place of the version `etag`. Throws Unsure. */
  async put(key: string, bytes: Uint8Array, etag?: string): Promise<Put> {
    const headers = etag === undefined ? { 'if-none-match': '*' } : { 'if-match': etag };
    let response: Response;
    let text: string;
    try {
      response = await this.#send('PUT', this.#url(key), bytes, headers);
      text = await response.text();
    } catch (error) {
      throw new Unsure(reasonIn(error));
    }
    if (response.status === 200) return 'done';
    if (response.status === 412) return 'taken';
    // Somebody else's conditional put of the same key was under way.
    if (response.status === 409) return 'again';
    if (response.status >= 500) throw new Unsure(`${response.status} ${response.statusText}`);
    throw this.#refusal(response.status, text);
  }

  /** The keys that begin so, after `after`, in order. */
  async *keys(begin: string, after: string): AsyncGenerator<string> {
    const prefix = this.#bucket.prefix;
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const query = new URLSearchParams({ 'list-type': '2', prefix: prefix + begin });
      if (token !== undefined) query.set('continuation-token', token);
      else if (after !== '') query.set('start-after', prefix + after);
      const response = await this.#ask('GET', `${this.#bucket.base}?${query}`);
      const text = (await this.#body(response)).toString('utf8');
      if (response.status !== 200) throw this.#refusal(response.status, text);
      for (const [, key] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) yield key!.slice(prefix.length);
      token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1];
    }
  }

  async remove(key: string): Promise<void> {
    const response = await this.#ask('DELETE', this.#url(key));
    if (response.status >= 300) throw this.#refusal(response.status, await response.text());
  }

  #url = (key: string): string => `${this.#bucket.base}/${this.#bucket.prefix}${key}`;

  /** A question, which may be asked again: without an answer nobody was reached. */
  async #ask(method: 'GET' | 'DELETE', url: string): Promise<Response> {
    try {
      const response = await this.#send(method, url);
      if (response.status < 500) return response;
      throw new Error(`${response.status} ${response.statusText}`);
    } catch (error) {
      throw unreached(this.#shown, reasonIn(error), error);
    }
  }

  async #body(response: Response): Promise<Buffer> {
    try {
      return Buffer.from(await response.arrayBuffer());
    } catch (error) {
      throw unreached(this.#shown, reasonIn(error), error);
    }
  }

  #send(
    method: string,
    url: string,
    body?: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#client.fetch(url, {
      method,
      headers,
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      signal: AbortSignal.timeout(PATIENCE),
      redirect: 'error',
    });
  }

  #refusal(status: number, text: string): unknown {
    const said = /<Message>([^<]*)</.exec(text)?.[1] ?? /<Code>([^<]*)</.exec(text)?.[1] ?? 'no reason given';
    const isKey = status === 401 || status === 403;
    return new Refused(
      `${this.#shown} refuses: ${said} (${status})`,
      isKey ? 'crm help remotes says what a key must be allowed' : undefined,
    );
  }
}

/** The error of fetch says little; its cause says more. */
const reasonIn = (error: unknown): string => {
  const { message, cause } = error as Error & { cause?: { code?: unknown; message?: unknown } };
  return String(cause?.message ?? cause?.code ?? message);
};
