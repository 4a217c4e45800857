"""Reads cases from stdin as JSON, answers with scikit-learn's metrics: the oracle of EvaluationOracleTests."""
import json
import sys
import warnings

import numpy as np
from scipy.stats import spearmanr
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")


def undefined_is_none(value):
    return None if value is None or not np.isfinite(value) else float(value)


def calibration_error(labels, scores, bins=10):
    """scikit-learn's bins, weighted by their frames."""
    present, predicted = calibration_curve(labels, scores, n_bins=bins)
    # calibration_curve leaves out empty bins and does not say how full the others are.
    frames = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], scores), minlength=bins)
    return float(np.average(np.abs(present - predicted), weights=frames[frames > 0]))


def answer(case):
    labels = np.array(case["labels"])
    scores = np.array(case["scores"], dtype=np.float32)
    known = labels != 9
    labels, scores = labels[known], scores[known]
    predicted = (scores >= case["threshold"]).astype(int)
    both = len(set(labels.tolist())) == 2
    positive = bool((labels == 1).any())
    return {
        "f1": metrics.f1_score(labels, predicted, zero_division=0),
        "precision": metrics.precision_score(labels, predicted, zero_division=0),
        "recall": metrics.recall_score(labels, predicted, zero_division=0),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "mcc": metrics.matthews_corrcoef(labels, predicted),
        "calibration": calibration_error(labels, scores.astype(np.float64)),
        "auc": metrics.roc_auc_score(labels, scores) if both else None,
        "ap": metrics.average_precision_score(labels, scores) if positive else None,
        "constant": max(
            metrics.f1_score(labels, np.full_like(labels, v), zero_division=0) for v in (0, 1)),
        # numpy's correlation of the labels with the thresholded scores is their phi coefficient.
        "phi": undefined_is_none(np.corrcoef(labels, predicted)[0, 1]),
        "rho": undefined_is_none(spearmanr(labels, scores)[0]),
    }


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
