"""Maintainers' commands. No lesson imports anything from here."""
