/** What crm.yaml says of the webhooks that rules call. */
export interface WebhookSettings {
  /** Origins, such as `https://hooks.corp.example`, that may lead to this machine or its network. */
  readonly internal: readonly string[];
}
