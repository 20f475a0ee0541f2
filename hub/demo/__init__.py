"""The demo: a broker, a hub and stores as real processes on one machine."""
