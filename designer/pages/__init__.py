"""The pages: one file each, thin. What they show comes from designer/queries.py and the engine's front door."""
