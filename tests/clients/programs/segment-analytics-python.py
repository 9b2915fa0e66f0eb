"""As a user of segment-analytics-python would: module-level calls, gzip on, errors told to a handler."""

import sys

import segment.analytics as analytics

url, key, user = sys.argv[1:]
errors = []
analytics.write_key, analytics.host, analytics.gzip = key, url, True
analytics.on_error = lambda error, items: errors.append(error)
analytics.identify(user, {"email": f"{user}@example.org", "plan": "pro"})
analytics.track(user, "Order Placed", {"total": 12.5, "items": [{"sku": "a"}]})
analytics.page(user, "Docs", "Start", {"path": "/start"})
analytics.screen(user, "App", "Home", {"tab": 1})
analytics.group(user, "acme", {"name": "Acme"})
analytics.alias(f"former-{user}", user)
analytics.shutdown()
sys.exit(f"the library reported {errors}" if errors else 0)
