/** What crm.yaml says of the webhooks that rules call. */
export interface WebhookSettings {
  /** Origins, as `https://hooks.corp.example`, that lead to this machine or its network, and are meant to. */
  readonly internal: readonly string[];
}
