"""False positives and negatives, from a confusion matrix whose counts are known."""

import numpy as np
import pytest

from quant_training.evaluation import false_classifications

CONFUSION = [
    [90, 0, 0, 8, 2],
    [0, 50, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [5, 0, 0, 15, 0],
    [0, 0, 0, 0, 30],
]


def test_counts_and_shares():
    found = false_classifications.count(CONFUSION)
    assert found["N"]["support"] == 100
    assert found["N"]["false_negatives"] == 10
    assert found["N"]["missed_as"] == {"A": 8, "V": 2}
    assert found["A"]["false_positives"] == 8
    assert found["A"]["false_positive_share"] == pytest.approx(8 / 23)
    assert found["V"]["taken_from"] == {"N": 2}


def test_every_error_is_one_false_negative_and_one_false_positive():
    found = false_classifications.count(CONFUSION).values()
    errors = np.sum(CONFUSION) - np.trace(CONFUSION)
    assert sum(f["false_negatives"] for f in found) == errors
    assert sum(f["false_positives"] for f in found) == errors


def test_a_class_that_never_occurs_has_no_share():
    found = false_classifications.count(CONFUSION)["R"]
    assert np.isnan(found["false_negative_share"])
    assert np.isnan(found["false_positive_share"])


@pytest.mark.parametrize(("protocol", "published"), [("paper", "3 (3 %)"), ("beat", "")])
def test_the_papers_figure_stands_beside_its_protocol_only(protocol, published):
    result = {"stem": "v1-float32", "net": "v1", "protocol": protocol, "confusion": CONFUSION}
    rows = list(false_classifications.rows([result]))
    assert len(rows) == 5
    assert all(len(row) == len(false_classifications.head()) for row in rows)
    assert rows[0][-1] == published
    assert rows[1][-1] == ""
