"""What the cues must be able to do with people of many kinds, and what they do: one claim a file.

A claim that is not met stands there with its figure; no person and no bar is changed for it.
"""
