/**
 * The templates by which forms ask for confirmation (`confirm:` in `serve:` of crm.yaml): what is wrong with them, and what
 * their mails say.
 */
import type { Template } from '../../domain/automation.ts';
import type { Config } from '../../domain/config.ts';
import { failed } from '../../domain/errors.ts';
import { type MarkedText, TextError, type TextSource } from '../../engine/texts/texts.ts';
import { fullSample, sampleProps } from '../../engine/texts/sample-data.ts';
import { CONFIRM_URL, linkData, type Rendering, textSource } from '../../engine/texts/text-data.ts';
import { formConfirmedBy } from '../../domain/serve-settings.ts';
import type { State } from '../../state/state.ts';
import { parseYaml, type Problem } from '../../store/yaml/yaml.ts';
import { loadTexts } from './languages.ts';

/** Returns the address where the holder of a token confirms. */
const confirmUrl = (address: string, token: string): string => `${address}/confirm/${token}`;

/** Returns an address as in the mails of a template; undefined if no form sends the template for confirmation. */
export const exampleLinkOf = ({ serve }: Config, template: string): string | undefined =>
  serve?.address !== undefined && formConfirmedBy(serve, template) !== undefined
    ? confirmUrl(serve.address, 'TOKEN')
    : undefined;

/** Returns data with the link of a confirmation, if there is one. */
export const withLink = (source: TextSource, link: string | undefined): TextSource =>
  link === undefined ? source : { all: { ...source.all, [CONFIRM_URL]: linkData(link) } };

/** Returns the forms that ask for confirmation by a template that is broken, is a campaign or lacks the link. */
export async function confirmProblems(
  config: Config,
  files: ReadonlyMap<string, string>,
): Promise<Problem[]> {
  const forms = Object.entries(config.serve?.forms ?? {});
  const asking = forms.filter(([, { confirm }]) => confirm !== undefined);
  if (asking.length === 0) return [];
  const yaml = parseYaml('crm.yaml', files.get('crm.yaml') ?? '');
  const rendering: Rendering = { texts: await loadTexts(config), now: 0 };
  return asking.flatMap(([name, { confirm }]) => {
    const why = whyNotFor(confirm!, config, rendering);
    const line = yaml.lineOf(['serve', 'forms', name, 'confirm']);
    return why === undefined ? [] : [{ file: 'crm.yaml', line, ...why }];
  });
}

function whyNotFor(
  id: string,
  config: Config,
  rendering: Rendering,
): { readonly message: string; readonly hint: string } | undefined {
  const template = Object.hasOwn(config.templates, id) ? config.templates[id] : undefined;
  // The settings as a user may know them leave out the templates that speak of what is hidden.
  if (!template)
    return config.brokenTemplates.some(each => each.id === id)
      ? { message: `confirm: the template ${id} is broken`, hint: `crm template lint ${id}` }
      : undefined;
  if (template.kind === 'campaign')
    return {
      message: `confirm: ${id} is a campaign, and needs the consent that it asks for`,
      hint: `kind: transactional in templates/${id}.md`,
    };
  const url = exampleLinkOf(config, id)!;
  const source = withLink({ all: fullSample(config, rendering, sampleProps[0]!) }, url);
  return hasLink(template, url, text => rendering.texts.render(text, source, rendering.now))
    ? undefined
    : { message: `confirm: the template ${id} lacks the link`, hint: `{{ ${CONFIRM_URL} }} in its text` };
}

/** Whether the text of a template has the link; a text that cannot be rendered for the sample is reported elsewhere. */
function hasLink({ body }: Template, url: string, render: (text: string) => string): boolean {
  try {
    return render(body).includes(url);
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    return true;
  }
}

/** Renders the mail by which a contact confirms a form. FAILED if there is no such template, or it cannot be rendered. */
export async function confirmationText(
  state: State,
  {
    template: id,
    contact,
    event,
    token,
  }: { template: string; contact: string; event: string; token: string },
  now: number,
): Promise<{ readonly template: Template; readonly subject: string; readonly body: MarkedText }> {
  const { config } = state;
  const template = Object.hasOwn(config.templates, id) ? config.templates[id] : undefined;
  const address = config.serve?.address;
  if (!template || address === undefined)
    throw failed(`the template ${id}, which a form needs, is missing or broken`, 'crm automation lint');
  const rendering: Rendering = { texts: await loadTexts(config), now };
  const url = confirmUrl(address, token);
  const source = textSource(state, { subject: contact, cause: event, confirmUrl: url }, rendering);
  try {
    const subject = rendering.texts.render(template.subject, source, now).trim();
    const body = rendering.texts.renderMarked(template.body, source, now);
    if (!body.text.includes(url)) throw new TextError(`it lacks the link {{ ${CONFIRM_URL} }}`);
    if (subject === '' || /[\u0000-\u001f\u007f]/.test(subject))
      throw new TextError('its subject is empty or has a control character');
    return { template, subject, body };
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    throw failed(`the template ${id} cannot be rendered for ${contact}: ${error.message}`, error.hint);
  }
}
