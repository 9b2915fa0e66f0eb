"""Who people are: audiences evaluated by SQL, imported from lists, and read into journeys."""
