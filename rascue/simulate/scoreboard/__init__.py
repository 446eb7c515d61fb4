"""Every policy with every kind of person, beside the cues that others make."""
