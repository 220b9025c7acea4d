/** Checks that what `serve:` in crm.yaml names exists: users, pipelines, and fields that may be filled in from outside. */
import { type Config, pipelineOf } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { dealInputs, type FieldMap, targetOf } from '../../domain/serve-settings.ts';
import { findField } from '../../kinds/fields.ts';
import type { Say } from './config-problems.ts';

type Path = readonly PropertyKey[];

/** The fields of a record that requests from outside may fill in, beside its custom fields. */
const open: { readonly [kind in Kind]?: readonly string[] } = {
  contact: ['email', 'name', 'phone', 'account'],
  deal: ['title', 'value', 'description'],
};

/** Reports users, pipelines and fields that the settings do not have. */
export function checkServe(config: Config, say: Say): void {
  const { serve } = config;
  if (!serve) return;
  if (serve.as !== undefined && !Object.hasOwn(config.users, serve.as))
    say(
      ['serve', 'as'],
      `unknown user ${JSON.stringify(serve.as)}`,
      suggestion(serve.as, Object.keys(config.users), 'users'),
    );
  if (serve.as !== undefined && config.users[serve.as]?.role === 'restricted')
    say(
      ['serve', 'as'],
      `${serve.as} is restricted and does not see the contacts that forms fill in`,
      'a user who is normal, or none',
    );
  for (const group of ['hooks', 'forms'] as const)
    for (const [its, { fields }] of Object.entries<{ readonly fields: FieldMap }>(serve[group]))
      for (const [from, to] of Object.entries(fields))
        checkTarget(config, to, ['serve', group, its, 'fields', from], say);
  for (const [its, { pipeline, fields, confirm }] of Object.entries(serve.forms)) {
    const path = ['serve', 'forms', its];
    if (confirm !== undefined && serve.address === undefined)
      say(
        [...path, 'confirm'],
        'confirm needs the public address of crm serve for its link',
        'address: https://crm.example.com in serve:',
      );
    if (pipeline !== undefined && !pipelineOf(config, pipeline))
      say(
        [...path, 'pipeline'],
        `unknown pipeline ${JSON.stringify(pipeline)}`,
        suggestion(
          pipeline,
          config.pipelines.map(p => p.id),
          'pipelines',
        ),
      );
    const [ofDeal] = dealInputs(fields);
    if (pipeline === undefined && ofDeal !== undefined)
      say([...path, 'fields', ofDeal], 'the form makes no deal', 'pipeline: sales');
  }
  for (const [its, { fields }] of Object.entries(serve.hooks)) {
    const [ofDeal] = dealInputs(fields);
    if (ofDeal !== undefined)
      say(
        ['serve', 'hooks', its, 'fields', ofDeal],
        'a hook makes no deal',
        'a rule that the event starts may: add-deal',
      );
  }
}

/** Reports a target that is not a field, or that requests from outside may not fill in. */
function checkTarget(config: Config, to: string, path: Path, say: Say): void {
  const target = targetOf(to);
  if (target.of !== 'field') return;
  const { kind } = target;
  const field = findField(config, kind, target.field);
  if (field?.custom || (field && open[kind]!.includes(field.name))) return;
  const custom = (config.fields[kind] ?? []).map(each => each.name);
  const known = [...open[kind]!, ...custom].map(
    each => `${to.slice(0, to.length - target.field.length)}${each}`,
  );
  say(
    path,
    field
      ? `${to} is not for somebody outside to fill in`
      : `there is no field ${JSON.stringify(to)} to fill in`,
    suggestion(to, [...known, 'prop.KEY', 'id'], 'targets'),
  );
}
