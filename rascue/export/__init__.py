"""What a clinician takes away."""
