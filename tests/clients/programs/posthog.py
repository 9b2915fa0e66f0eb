"""As a user of posthog would: capture, set, group, alias."""

import sys

sys.path.remove(sys.path[0])  # this file has the library's name

from posthog import Posthog

url, key, user = sys.argv[1:]
errors = []
client = Posthog(key, host=url, gzip=True, on_error=lambda error, items: errors.append(error))
client.set(distinct_id=user, properties={"email": f"{user}@example.org", "plan": "pro"})
client.capture("Order Placed", distinct_id=user, properties={"total": 12.5, "items": [{"sku": "a"}]})
client.group_identify("company", "acme", {"name": "Acme"}, distinct_id=user)
client.alias(f"former-{user}", user)
client.shutdown()
sys.exit(f"the library reported {errors}" if errors else 0)
