"""From ECG to int8 beats in numpy alone: the integers of ``quant_training``'s preprocessing."""
