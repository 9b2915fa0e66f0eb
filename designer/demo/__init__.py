"""The demo: a small shop, its people, its three journeys, and a sender that plays its website."""
