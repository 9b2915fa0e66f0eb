// As a user of @jitsu/js on a server would. It insists on a key with a colon; what stands behind it does not matter.
const { jitsuAnalytics } = require("@jitsu/js");

const [host, key, userId] = process.argv.slice(2);
(async () => {
  const jitsu = jitsuAnalytics({ host, writeKey: `${key}:${key}`, errorPolicy: "rethrow" });
  await jitsu.identify(userId, { email: `${userId}@example.org`, plan: "pro" });
  await jitsu.track("Order Placed", { total: 12.5, items: [{ sku: "a" }] });
  await jitsu.page({ name: "Start", path: "/start" });
  await jitsu.group("acme", { name: "Acme" });
})();
