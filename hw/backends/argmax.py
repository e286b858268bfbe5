"""The network's last node: class biases, label and logits."""

import numpy as np
from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, PackedArray, RTLLayer
from hw.backends.costs import Cost

RESULT = DataType["INT32"]


@register_custom_op
class Argmax_sv(RTLLayer, HWCustomOp):
    """Logits (n, 1, 1, classes) and biases (classes,) to (n, 1, 1, 1 + classes): label, logits.

    FINN's LabelSelect gives the label alone; here the logits leave with it. The lowest index
    wins a tie.
    """

    proofs = {"handshake": ({"CLASSES": 3, "PE": 1, "IN_WIDTH": 4},)}

    def get_nodeattr_types(self) -> dict:
        return super().get_nodeattr_types() | {
            "PE": ("i", True, 1),
            "Classes": ("i", True, 0),
            "inputDataType": ("s", True, ""),
        }

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("inputDataType")] if ind == 0 else RESULT

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        return RESULT

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        classes = self.get_nodeattr("Classes")
        return [1, 1, 1, classes] if ind == 0 else [classes]

    def get_normal_output_shape(self, ind: int = 0) -> list[int]:
        return [1, 1, 1, 1 + self.get_nodeattr("Classes")]

    def get_folded_input_shape(self, ind: int = 0) -> tuple[int, ...]:
        pe = self.get_nodeattr("PE")
        return (1, 1, 1, self.get_nodeattr("Classes") // pe, pe)

    def get_folded_output_shape(self, ind: int = 0) -> tuple[int, ...]:
        return (1, 1, 1, 1, 1 + self.get_nodeattr("Classes"))

    def get_number_output_values(self) -> int:
        return 1

    def infer_node_datatype(self, model: ModelWrapper) -> None:
        self.set_nodeattr("inputDataType", model.get_tensor_datatype(self.onnx_node.input[0]).name)
        model.set_tensor_datatype(self.onnx_node.output[0], RESULT)

    def verify_node(self) -> list[str]:
        return []

    def instance(self, model: ModelWrapper) -> Instance:
        parameters = {
            "CLASSES": self.get_nodeattr("Classes"),
            "PE": self.get_nodeattr("PE"),
            "IN_WIDTH": self.get_input_datatype().bitwidth(),
        }
        biases = model.get_initializer(self.onnx_node.input[1])
        return Instance(parameters, {"BIASES": PackedArray(biases, 32)})

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        logits = inputs[0] + params[0]
        return np.concatenate([logits.argmax(axis=-1)[..., None], logits], axis=-1)

    def cost(self) -> Cost:
        return Cost(lut=200)
