// As a user of @customerio/cdp-analytics-node would.
const { Analytics } = require("@customerio/cdp-analytics-node");

const [url, writeKey, userId] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host: url });
const errors = [];
analytics.on("error", (error) => errors.push(error));
analytics.identify({ userId, traits: { email: `${userId}@example.org`, plan: "pro" } });
analytics.track({ userId, event: "Order Placed", properties: { total: 12.5, items: [{ sku: "a" }] } });
analytics.page({ userId, category: "Docs", name: "Start", properties: { path: "/start" } });
analytics.screen({ userId, name: "Home", properties: { tab: 1 } });
analytics.group({ userId, groupId: "acme", traits: { name: "Acme" } });
analytics.alias({ userId, previousId: `former-${userId}` });
analytics.closeAndFlush().then(() => {
  if (errors.length) throw new Error(`the library reported ${JSON.stringify(errors)}`);
});
