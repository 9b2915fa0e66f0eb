"""What people do to journeys: one verb, one file. Each takes who does it and when; pages, the API and scripts all come in here."""
