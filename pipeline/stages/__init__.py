"""The stages: plain functions from values to values. No adapter, no store and no other stage is imported here."""
