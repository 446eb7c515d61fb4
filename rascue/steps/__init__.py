"""ImuBlock -> step events, as a stream."""
