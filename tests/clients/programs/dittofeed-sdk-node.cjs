// As a user of @dittofeed/sdk-node would: the write key with the word Basic in front, as its documentation shows.
const { DittofeedSdk } = require("@dittofeed/sdk-node");

const [host, key, userId] = process.argv.slice(2);
(async () => {
  await DittofeedSdk.init({ writeKey: `Basic ${key}`, host });
  DittofeedSdk.identify({ userId, traits: { email: `${userId}@example.org`, plan: "pro" } });
  DittofeedSdk.track({ userId, event: "Order Placed", properties: { total: 12.5, items: [{ sku: "a" }] } });
  DittofeedSdk.page({ userId, name: "Start", properties: { path: "/start" } });
  DittofeedSdk.screen({ userId, name: "Home", properties: { tab: 1 } });
  await DittofeedSdk.flush();
})();
