"""What people do to journeys: one verb, one file, with who does it and when. Pages, API and scripts enter here."""
