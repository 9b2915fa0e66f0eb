"""The product as a person meets it: a real Chromium, a real mouse, the real processes behind it."""
