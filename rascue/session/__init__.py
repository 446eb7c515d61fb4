"""Runs the stages in order; owns time, threads and state."""
