"""Pictures and the page of one beat, on the grid of ECG paper."""
