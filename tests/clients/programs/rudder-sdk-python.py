"""As a user of rudder-sdk-python would: its own name for the address, gzip on as it is by default."""

import sys

import rudderstack.analytics as rudder

url, key, user = sys.argv[1:]
errors = []
rudder.write_key, rudder.dataPlaneUrl = key, url
rudder.on_error = lambda error, items: errors.append(error)
rudder.identify(user, {"email": f"{user}@example.org", "plan": "pro"})
rudder.track(user, "Order Placed", {"total": 12.5, "items": [{"sku": "a"}]})
rudder.page(user, "Docs", "Start", {"path": "/start"})
rudder.screen(user, "App", "Home", {"tab": 1})
rudder.group(user, "acme", {"name": "Acme"})
rudder.alias(f"former-{user}", user)
rudder.shutdown()
sys.exit(f"the library reported {errors}" if errors else 0)
