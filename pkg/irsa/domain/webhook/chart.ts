/** Our chart of the webhook: its name, and by its own wish (catalog annotations) its release's and its namespace's. */
export const WEBHOOK_CHART = 'pod-identity-webhook';
