"""A reader that understands: a language model behind any OpenAI-compatible endpoint, asked about single places.

    question = seam_question(left, right, endpoint)
    said = read_seam_answer(ask(question, endpoint).content)

Optional and off by default. What it says of a place between two pages is one more fact of the evidence
(`evidence.opinions`), never a decision. Nothing here has a setting or a budget of its own: callers have.
"""

from clustering.engine.language_model.answers import (
    DocumentAnswer,
    Nonsense,
    SeamAnswer,
    read_document_answer,
    read_seam_answer,
)
from clustering.engine.language_model.endpoint import Endpoint, NoAnswer, Reply, Unusable, ask
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
