// As a user of analytics-node, the older library of the same family, would.
const Analytics = require("analytics-node");

const [url, writeKey, userId] = process.argv.slice(2);
const errors = [];
const analytics = new Analytics(writeKey, { host: url, errorHandler: (error) => errors.push(error) });
analytics.identify({ userId, traits: { email: `${userId}@example.org`, plan: "pro" } });
analytics.track({ userId, event: "Order Placed", properties: { total: 12.5, items: [{ sku: "a" }] } });
analytics.page({ userId, category: "Docs", name: "Start", properties: { path: "/start" } });
analytics.screen({ userId, name: "Home", properties: { tab: 1 } });
analytics.group({ userId, groupId: "acme", traits: { name: "Acme" } });
analytics.alias({ userId, previousId: `former-${userId}` });
analytics.flush().then(() => {
  if (errors.length) throw new Error(`the library reported ${errors}`);
});
