"""The scripts of the rehearsal run in the house, not here."""

collect_ignore = ["attacks.py", "rehearsal.py"]
