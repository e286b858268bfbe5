"""The networks: layers, V1 and V2, their checkpoints and their integers."""
