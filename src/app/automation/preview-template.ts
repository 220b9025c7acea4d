/** Shows a template as rendered for a record, without sending it. */
import type { Template } from '../../domain/automation.ts';
import { failed } from '../../domain/errors.ts';
import { relatedTo } from '../../engine/subjects.ts';
import { type Lens, textSource } from '../../engine/texts/text-data.ts';
import { type MarkedText, TextError } from '../../engine/texts/texts.ts';
import type { View } from '../core/view.ts';
import { exampleLinkOf } from './confirmations.ts';
import { loadTexts } from './languages.ts';

export interface Preview {
  readonly subject: string;
  /** The address of the contact; null if there is none. */
  readonly to: string | null;
  readonly body: MarkedText;
}

/** Renders a template for a deal, contact, account or task, as the viewer sees it. FAILED if that is not possible. */
export async function previewTemplate(view: View, template: Template, subject: string): Promise<Preview> {
  const { config, clock, state } = view;
  const texts = await loadTexts({ ...config, templates: { ...config.templates, [template.id]: template } });
  const lens: Lens = { sees: id => view.seesId(id), named: () => undefined };
  const source = textSource(
    state,
    { subject, confirmUrl: exampleLinkOf(config, template.id) },
    { texts, now: clock.now },
    lens,
  );
  const contact = relatedTo(state, subject, 'contact');
  const address = contact === undefined || !view.seesId(contact) ? undefined : state.get(contact)?.email;
  try {
    return {
      subject: texts.render(template.subject, source, clock.now).trim(),
      to: typeof address === 'string' ? address : null,
      body: texts.renderMarked(template.body, source, clock.now),
    };
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    throw failed(
      `the template ${template.id} cannot be rendered for ${subject}: ${error.message}`,
      error.hint,
    );
  }
}
