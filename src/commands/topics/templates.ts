/** Explains how e-mail templates are written (`crm help templates`). */

/** A template with all the usual parts. */
export const exampleTemplate = `---
subject: 'Your chairs, {{ contact.name }}'
reply-to: 'Acme Help <help@example.com>'
---
Dear {{ contact.name }},

thank you for asking about {{ deal.title }}.
{% if deal.expectedClose %}We deliver on {{ deal.expectedClose | date: '%-d %B' }}.{% endif %}

{% render 'footer' %}
`;

const text = `E-mail templates

A template is a file, templates/<id>.md: front matter, and a text in Liquid over deal, contact, account, task, owner, user,
event and now.

${exampleTemplate.replace(/^(?=.)/gm, '  ')}
{% render 'footer' %} puts the text of templates/footer.md there, over the same variables. {{ user.signature }} is the
signature of the owner (crm user set ana signature=...), a text itself: '{{ user.name }}, Acme Sales'. A value that is empty
fails the step that sends the template, unless it has | default: "..."

The text is Markdown. A mail has it as it is, and as HTML made from it: what Liquid puts in is never markup or a link, HTML
in the text is shown as text, links lead to https://, mailto: or tel:, and images are files of the workspace:
![Acme](files/logo.png).

Front matter
  subject: TEXT                 Liquid; every template has one
  attachments: [files/a.pdf]    files below files/, at most 25 MB each; a mail leaves with each file as it was when the mail
                                was queued: one that is missing keeps the mail queued, one that has changed holds it
  reply-to: ADDRESS             instead of the one in mail: of crm.yaml
  kind: one-to-one              (the default) not to contacts who unsubscribed, or whose consent is no
  kind: transactional           what the recipient must know, such as an invoice: also to them
  kind: campaign                only to contacts with consent: yes, consentAt and consentSource; says how to unsubscribe
  send: workdays 08:00-18:00    when it may leave, instead of send: in mail: of crm.yaml; by the timezone of the contact
                                where one is known
  track: true                   notes opens and clicks; needs the public address of crm serve
{{ confirmUrl }} is the link of a template by which a form asks for confirmation (confirm: in crm help serve).
No kind goes to an address that bounced or complained. The address counts, whichever contact has it now. When a contact who
unsubscribed is purged, a keyed hash of the address stays, so that nothing is sent to it if the same list is imported again.

  crm template preview welcome --for D12     subject, recipient and text, for this record
  crm template lint                          renders every template for made-up records and a real one: a template
                                             that passes fails in no sweep; a value that some records lack is a warning
`;

export const templatesTopic = (): string => text;
