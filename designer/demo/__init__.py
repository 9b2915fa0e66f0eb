"""The demo: a small shop, its people, its audiences, its journeys, and a sender that plays its website."""
