"""Where the P, QRS and T waves are: cardiologists' borders, a delineator's, and the segments."""
