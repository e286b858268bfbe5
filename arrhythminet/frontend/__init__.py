"""From a stream of millivolts to R peaks, windows and what of them can be trusted.

Chunks of any size give the same result, state is bounded, delays are fixed. In order: ``samples``,
``energy``, ``selection`` (both in ``detector``), ``quality``, ``denoiser`` (on ``filter_bank``);
``front_end`` joins them. The detector computes with integers that fit 16-bit samples.
"""
