"""Why a deployment failed: a catalogue of failures and rules that recognize them.

Pure: from a failure's code, or from a step, an exit code and what a command printed,
to a sentence, the class of the cause, and the verb that fits.
"""

from deployments.diagnosis.catalogue import CATALOGUE
from deployments.diagnosis.model import AdvisedVerb, Diagnosis, Failure, FailureClass
from deployments.diagnosis.remedies import setting_of, variable_of
from deployments.diagnosis.verdict import (
    diagnose,
    diagnose_verification,
    failure,
    with_words,
)

__all__ = [
    "CATALOGUE",
    "AdvisedVerb",
    "Diagnosis",
    "Failure",
    "FailureClass",
    "diagnose",
    "diagnose_verification",
    "failure",
    "setting_of",
    "variable_of",
    "with_words",
]
