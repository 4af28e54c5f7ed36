"""The nouns of the desk, a file each."""

from clustering.models.api_token import ApiToken
from clustering.models.audit import AuditSample
from clustering.models.batch import PageBatch
from clustering.models.brake import Brake
from clustering.models.collection import Collection
from clustering.models.comment import Comment
from clustering.models.correction import LineCorrection
from clustering.models.edit import Answer, Edit
from clustering.models.embedding import Embedding
from clustering.models.group import Group
from clustering.models.job import Job, JobProblem
from clustering.models.learned import LearnedWeights
from clustering.models.notification import Notification
from clustering.models.opinion import Opinion
from clustering.models.page import ROTATION, Page
from clustering.models.page_notes import PageNotes
from clustering.models.personal_finding import PersonalFinding
from clustering.models.preference import Preference
from clustering.models.reading import Reading
from clustering.models.restricted_look import RestrictedLook
from clustering.models.review_check import ReviewCheck
from clustering.models.run import LiveScore, Run, RunFeatures, RunGroup, RunMembership, SeamScore
from clustering.models.saved_filter import SavedFilter
from clustering.models.team import Assignment, CollectionRole, Team
from clustering.models.upload import Upload, UploadedFile
from clustering.models.user import User
from clustering.models.verbs import VERBS, Verb
from clustering.models.vocabulary import Term, Vocabulary

__all__ = [
    "ROTATION",
    "VERBS",
    "Answer",
    "ApiToken",
    "Assignment",
    "AuditSample",
    "Brake",
    "Collection",
    "CollectionRole",
    "Comment",
    "Edit",
    "Embedding",
    "Group",
    "Job",
    "JobProblem",
    "LearnedWeights",
    "LineCorrection",
    "LiveScore",
    "Notification",
    "Opinion",
    "Page",
    "PageBatch",
    "PageNotes",
    "PersonalFinding",
    "Preference",
    "Reading",
    "RestrictedLook",
    "ReviewCheck",
    "Run",
    "RunFeatures",
    "RunGroup",
    "RunMembership",
    "SavedFilter",
    "SeamScore",
    "Team",
    "Term",
    "Upload",
    "UploadedFile",
    "User",
    "Verb",
    "Vocabulary",
]
