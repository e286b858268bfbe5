"""From a stream of millivolts to R peaks and what can be trusted: bounded state, fixed delay."""
