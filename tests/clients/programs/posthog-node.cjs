// As a user of posthog-node would.
const { PostHog } = require("posthog-node");

const [url, key, distinctId] = process.argv.slice(2);
const errors = [];
const client = new PostHog(key, { host: url });
client.on("error", (error) => errors.push(error));
client.identify({ distinctId, properties: { email: `${distinctId}@example.org`, plan: "pro" } });
client.capture({ distinctId, event: "Order Placed", properties: { total: 12.5, items: [{ sku: "a" }] } });
client.groupIdentify({ distinctId, groupType: "company", groupKey: "acme", properties: { name: "Acme" } });
client.alias({ distinctId, alias: `former-${distinctId}` });
client.shutdown().then(() => {
  if (errors.length) throw new Error(`the library reported ${errors}`);
});
