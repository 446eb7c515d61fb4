"""Device bytes and recordings -> ImuBlock."""
