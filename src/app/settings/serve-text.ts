/** The settings of `serve:` with their defaults, by the keys of crm.yaml. */
import { rateText, type SecretSource } from '../../domain/mail-settings.ts';
import { type Hook, listenText, type ServeSettings } from '../../domain/serve-settings.ts';

export function serveText({ listen, hosts, trustedProxies, hooks, forms, ...rest }: ServeSettings): object {
  return {
    ...rest,
    listen: listenText(listen),
    ...(hosts.length > 0 && { hosts }),
    ...(trustedProxies.length > 0 && { 'trusted-proxies': trustedProxies }),
    ...(Object.keys(hooks).length > 0 && { hooks: eachOf(hooks, hookText) }),
    ...(Object.keys(forms).length > 0 && {
      forms: eachOf(forms, ({ rate, ...form }) => ({ ...form, rate: rateText(rate) })),
    }),
  };
}

/** A provider names the event and its contact itself, so crm.yaml accepts neither beside it. */
const hookText = ({ secret, rate, provider, fields, ...hook }: Hook): object => ({
  ...hook,
  ...(provider ? { provider } : { fields }),
  ...secretText(provider ? 'secret' : 'token', secret),
  rate: rateText(rate),
});

function secretText(prefix: 'secret' | 'token', secret: SecretSource): object {
  if (secret.kind === 'env') return { [`${prefix}-env`]: secret.name };
  if (secret.kind === 'file') return { [`${prefix}-file`]: secret.path };
  return { [`${prefix}-command`]: secret.argv };
}

const eachOf = <T, R>(all: { readonly [name: string]: T }, shape: (each: T) => R): { [name: string]: R } =>
  Object.fromEntries(Object.entries(all).map(([name, each]) => [name, shape(each)]));
