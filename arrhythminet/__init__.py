"""What an ECG is to this project: signal, lead, beat, class, record, network's name, golden file.

numpy alone and Python 3.8, since it runs in training and on the board alike; imports none of the
other folders, all of which import it. A signal's way: ``records`` or ``wfdb_files`` read it,
``denoise`` (on ``wavelet``) cleans it, ``frontend`` finds its R peaks, ``beats`` cuts and rounds.
``frontend`` does the same for streams, with a detector and judgement of quality of its own.
"""
