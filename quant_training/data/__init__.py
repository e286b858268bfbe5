"""What is trained on: the data set, its protocols, augmentation, noise and disturbances."""
