"""Matrix-vector product: pointwise and standard convolutions, the last layer."""

from collections.abc import Iterator

import numpy as np
from finn.custom_op.fpgadataflow.matrixvectoractivation import MVAU
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.transformation.fpgadataflow.convert_to_hw.quantized_matrix_vector_activation import (
    InferQuantizedMatrixVectorActivation,
)
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import (
    AccumulatingLayer,
    Attributes,
    Instance,
    PackedArray,
    divisors,
    element_order,
)
from hw.backends.costs import FORMS, Cost, mac_cost, possible


@register_custom_op
class Matvec_sv(AccumulatingLayer, MVAU):
    """FINN's MVAU without activation; ``form`` chooses how a product is made.

    Its weights lie in the order in which the elements of a pixel come. It takes the next vector
    all at once and needs it waiting.
    """

    replaces = "MVAU"
    conversion = InferQuantizedMatrixVectorActivation
    conversion_rank = 1
    forms = FORMS
    registers_before = True
    takes_any_order = True
    proofs = {
        "handshake": (
            {
                "PE": 2,
                "SIMD": 2,
                "NF": 2,
                "SF": 2,
                "ACT_WIDTH": 2,
                "WEIGHT_WIDTH": 2,
                "ACC_WIDTH": 6,
                "FORM": "rom",
                "WEIGHTS": "32'h6d5b94a7",
            },
        )
    }

    def get_nodeattr_types(self) -> dict:
        return super().get_nodeattr_types() | {"form": ("s", False, "rom", set(FORMS))}

    def foldings(self) -> Iterator[Attributes]:
        for pe in divisors(self.get_nodeattr("MH")):
            for simd in divisors(self.get_nodeattr("MW")):
                for form in self.forms:
                    yield {"PE": pe, "SIMD": simd, "form": form}

    def folds(self) -> tuple[int, int]:
        """Neuron folds, synapse folds."""
        return (
            self.get_nodeattr("MH") // self.get_nodeattr("PE"),
            self.get_nodeattr("MW") // self.get_nodeattr("SIMD"),
        )

    def vectors(self) -> int:
        """Pixels a beat."""
        return int(np.prod(self.get_nodeattr("numInputVectors")))

    def get_exp_cycles(self) -> int:
        neuron_folds, synapse_folds = self.folds()
        return self.vectors() * neuron_folds * synapse_folds

    def instance(self, model: ModelWrapper) -> Instance:
        pe, simd = self.get_nodeattr("PE"), self.get_nodeattr("SIMD")
        neuron_folds, synapse_folds = self.folds()
        activation, weight = self.get_input_datatype(0), self.get_input_datatype(1)
        parameters = {
            "PE": pe,
            "SIMD": simd,
            "NF": neuron_folds,
            "SF": synapse_folds,
            "ACT_WIDTH": activation.bitwidth(),
            "ACT_SIGNED": int(activation.signed()),
            "WEIGHT_WIDTH": weight.bitwidth(),
            "ACC_WIDTH": self.get_output_datatype().bitwidth(),
            "VECTORS": self.vectors(),
            "FORM": self.get_nodeattr("form"),
        }
        matrix = model.get_initializer(self.onnx_node.input[1])
        on_stream = matrix[element_order(model, self.onnx_node.input[0])].T
        folded = on_stream.reshape(neuron_folds, pe, synapse_folds, simd).transpose(0, 2, 1, 3)
        return Instance(parameters, {"WEIGHTS": PackedArray(folded, weight.bitwidth())})

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return inputs[0].astype(np.float32) @ params[0].astype(np.float32)

    def is_possible(self) -> bool:
        neuron_folds, synapse_folds = self.folds()
        folds = neuron_folds * synapse_folds
        return possible(self.get_nodeattr("form"), folds, self.get_input_datatype(0).bitwidth())

    def cost(self) -> Cost:
        pe, simd = self.get_nodeattr("PE"), self.get_nodeattr("SIMD")
        neuron_folds, synapse_folds = self.folds()
        activation, weight = self.get_input_datatype(0), self.get_input_datatype(1)
        macs = mac_cost(
            self.get_nodeattr("form"),
            pe,
            simd,
            neuron_folds * synapse_folds,
            activation.bitwidth(),
            weight.bitwidth(),
        )
        registers = pe * self.get_output_datatype().bitwidth()
        accumulators = registers if synapse_folds > 1 else 0
        buffer = simd * activation.bitwidth() if neuron_folds > 1 else 0
        lut = 30 + macs.lut + accumulators + registers + buffer
        return Cost(lut=lut, dsp=macs.dsp, bram18=macs.bram18)
