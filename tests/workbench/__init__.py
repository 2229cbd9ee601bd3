"""Tests of pipeline/workbench."""
