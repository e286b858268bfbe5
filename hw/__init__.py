"""From a QONNX network to hardware: FINN's compiler, our RTL.

streamline -> layers -> folding -> fifos -> stitch, driven by ``python -m hw.compile``.
``rtl/`` is the library, ``backends/`` maps each FINN node to one of its modules.
"""

import os
import tempfile

os.environ.setdefault("FINN_BUILD_DIR", tempfile.gettempdir())
