"""As a user of analytics-python, the older library of the same family, would."""

import sys

import analytics

url, key, user = sys.argv[1:]
errors = []
analytics.write_key, analytics.host = key, url
analytics.on_error = lambda error, items: errors.append(error)
analytics.identify(user, {"email": f"{user}@example.org", "plan": "pro"})
analytics.track(user, "Order Placed", {"total": 12.5, "items": [{"sku": "a"}]})
analytics.page(user, "Docs", "Start", {"path": "/start"})
analytics.screen(user, "App", "Home", {"tab": 1})
analytics.group(user, "acme", {"name": "Acme"})
analytics.alias(f"former-{user}", user)
analytics.shutdown()
sys.exit(f"the library reported {errors}" if errors else 0)
