"""Objective measures of speech: how much of it is understood, and how far its sound is from a recording."""
