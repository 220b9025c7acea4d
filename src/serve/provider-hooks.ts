/** Answers the hooks of e-mail providers: checks each request's signature, over the bytes as they came, and its age. */
import { takeProviderEvents } from '../app/inbound/provider-events.ts';
import { providers } from '../channels/providers/index.ts';
import { confirmationUrl } from '../channels/providers/ses.ts';
import { CrmError } from '../domain/errors.ts';
import type { Json } from '../domain/records.ts';
import type { Hook, ProviderName } from '../domain/serve-settings.ts';
import { type Answer, answer, notTheirs } from './answer.ts';
import { fetchText } from './fetch-text.ts';
import type { Asked, Tools } from './request.ts';

/** Fetched certificates by their address: Amazon uses one for months. */
const certificates = new Map<string, string>();
/** The most certificates that are kept: Amazon has one for each region. */
const MOST_CERTIFICATES = 32;

async function certificate(url: string): Promise<string> {
  const known = certificates.get(url);
  if (known !== undefined) return known;
  const pem = await fetchText(url);
  if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
  certificates.set(url, pem);
  return pem;
}

/** Answers a request to the hook of a provider. An event that is sent again is recorded once, by its id. */
export async function postProvider(
  name: string,
  hook: Hook,
  providerName: ProviderName,
  { headers, body, at }: Asked,
  tools: Tools,
): Promise<Answer> {
  const provider = providers.find(each => each.name === providerName)!;
  const secret = await tools.secretOf(name, hook);
  if (secret === undefined) return notTheirs;
  if (!(await provider.verify({ headers, body }, { secret, now: at, certificate }))) return notTheirs;
  let told: Json;
  try {
    told = JSON.parse(body.toString()) as Json;
  } catch {
    return answer(400);
  }
  // SNS sends nothing until a holder of the secret has answered this.
  const confirmation = confirmationUrl(told);
  if (confirmation !== undefined) {
    await fetchText(confirmation);
    return answer(202);
  }
  try {
    const events = provider.events(told);
    if (events.length > 0)
      await tools.committer.submit(`serve hook ${name}`, writer =>
        takeProviderEvents(writer, providerName, events),
      );
    return answer(202);
  } catch (error) {
    if (error instanceof CrmError && error.kind === 'INVALID') return answer(422);
    throw error;
  }
}
