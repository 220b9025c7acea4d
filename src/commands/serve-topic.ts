/** `crm help serve`: how forms and webhooks come in, and how the server is run. */
const text = `crm serve: forms and webhooks over HTTP

crm serve listens on 127.0.0.1:8025 until SIGTERM or Ctrl-C, and answers what has begun; a second signal ends it at
once. What was answered with 2xx or 303 is on disk. One line on stderr for each request, without secrets; -q leaves
them out. The server has no TLS of its own: a proxy in front of it has (nginx, below).

In crm.yaml
  serve:
    address: https://crm.example.com     # the public address, where there is one
    listen: 127.0.0.1:8025               # HOST:PORT; crm serve --listen goes before
    hosts: [crm.internal]                # other names by which requests may call it; all others are refused (421)
    trusted-proxies: [127.0.0.1]         # addresses and networks whose X-Forwarded-For is believed
    as: web                              # the user who acts; left out: crm, as in sweeps
    forms:
      quote:
        event: form.submitted            # the event that rules start on; this is what it is where left out
        fields: { email: email, name: name, company: account, message: prop.message }
        required: [message]              # beside the e-mail address
        redirect: https://www.example.com/thanks
        origins: [https://www.example.com]    # whose pages may send it; left out: any
        honeypot: website                # an input that people do not see
        pipeline: sales                  # makes a deal, unless the contact has an open one there
        title: 'Request of {{ contact.name }}'
        rate: 60/min                     # requests of one client: /s, /min or /h
    hooks:
      shop:
        event: order.placed
        token-env: CRM_SHOP_TOKEN        # Authorization: Bearer ...; or token-file: ~/.config/crm-shop
        fields: { customer.email: email, order.id: id, order.total: prop.total }

fields says what of a request becomes what, and nothing else is kept:
  email, name, phone, account    of the contact with that address, who is made if there is none
  NAME                           a custom field of contacts
  prop.KEY                       a property of the event
  id                             an id that its sender gave: what comes again with the same id is taken in once
  at                             when it happened (hooks)
  deal.title, deal.value, deal.description, deal.NAME    of the deal that a form makes
A form fills in what is empty: it changes neither what is known of a contact, nor consent, tags and owners.
Without fields a form takes email, name, phone and message (prop.message).

A page that sends a form, without a script; GET shows it as a page of its own
  <form method="post" action="https://crm.example.com/forms/quote">
    <input name="email" type="email" required> <input name="name"> <textarea name="message"></textarea>
    <label hidden>Leave this empty <input name="website"></label> <button>Send</button>
  </form>

Answers: 303 or 200 taken in (a form), 202 (a hook), 401 no such hook or a wrong secret, 403 another origin, 413 more
than 64 KB (a form) or 1 MB (a hook), 421 another host, 422 something is not as it should be, 429 too often,
503 nothing was taken in: try again.

systemd (~/.config/systemd/user/crm.service; systemctl --user enable --now crm)
  [Unit]
  Description=crm serve
  [Service]
  ExecStart=/usr/local/bin/crm -C %h/crm serve
  EnvironmentFile=%h/.config/crm-serve.env
  Restart=on-failure
  [Install]
  WantedBy=default.target

nginx
  server {
    listen 443 ssl;
    server_name crm.example.com;
    location / {
      proxy_pass http://127.0.0.1:8025;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
`;

export const serveTopic = (): string => text;
