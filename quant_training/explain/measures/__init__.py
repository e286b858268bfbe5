"""How far a map can be trusted: faithfulness, localisation, stability, agreement, verdicts."""
