"""How senders speak. One file per dialect; each names its paths and turns a body into events."""
