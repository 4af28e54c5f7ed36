"""A language model behind any OpenAI-compatible endpoint, asked about single seams and documents.

    question = seam_question(left, right, endpoint)
    opinion = read_seam_answer(ask(question, endpoint).content)

Optional, and off by default. Its opinion on a seam is one more fact of the evidence (`evidence.opinions`), never a
decision. Settings and budgets belong to the callers (`clustering.language_model`).
"""

from clustering.engine.language_model.answers import (
    DocumentAnswer,
    Nonsense,
    SeamAnswer,
    read_document_answer,
    read_seam_answer,
)
from clustering.engine.language_model.client import NoAnswer, Reply, Unusable, ask
from clustering.engine.language_model.endpoint import Endpoint
from clustering.engine.language_model.questions import PageShown, Question, document_question, seam_question

__all__ = [
    "DocumentAnswer",
    "Endpoint",
    "NoAnswer",
    "Nonsense",
    "PageShown",
    "Question",
    "Reply",
    "SeamAnswer",
    "Unusable",
    "ask",
    "document_question",
    "read_document_answer",
    "read_seam_answer",
    "seam_question",
]
