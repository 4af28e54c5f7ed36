"""Help texts and names of models in plain English; the database stays as it is."""

import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import clustering.models.collection
import clustering.wording


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0031_rotation"),
    ]

    def apply(self, project_state, schema_editor, *, collect_sql=False):
        """Change what Django knows of the models, without building all of them again after each of 115 fields."""
        project_state.__dict__.pop("apps", None)  # whoever asks for them next builds them, once
        return self.mutate_state(project_state, preserve=False)

    operations = [
        migrations.AlterModelOptions(
            name="apitoken",
            options={"ordering": ["-created"], "verbose_name": "API token", "verbose_name_plural": "API tokens"},
        ),
        migrations.AlterModelOptions(
            name="jobproblem",
            options={"ordering": ["job", "pk"], "verbose_name": "job problem", "verbose_name_plural": "job problems"},
        ),
        migrations.AlterModelOptions(
            name="opinion",
            options={
                "ordering": ["collection", "pk"],
                "verbose_name": "language model answer",
                "verbose_name_plural": "language model answers",
            },
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="last_used",
            field=models.DateTimeField(blank=True, help_text="Accurate to the minute.", null=True),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="name",
            field=models.CharField(help_text="Its purpose, e.g. the name of the script.", max_length=80),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="start",
            field=models.CharField(help_text="Its first characters, to recognize it by.", max_length=12),
        ),
        migrations.AlterField(
            model_name="auditsample",
            name="confidence",
            field=models.FloatField(help_text="Confidence when it was confirmed."),
        ),
        migrations.AlterField(
            model_name="auditsample",
            name="group",
            field=models.BigIntegerField(help_text="ID of the document when it was drawn."),
        ),
        migrations.AlterField(
            model_name="auditsample",
            name="number",
            field=models.PositiveBigIntegerField(help_text="Number of the document."),
        ),
        migrations.AlterField(
            model_name="auditsample",
            name="pages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), help_text="Page IDs in reading order, as confirmed.", size=None
            ),
        ),
        migrations.AlterField(
            model_name="auditsample",
            name="place",
            field=models.PositiveIntegerField(help_text="Position in the sample, from 1."),
        ),
        migrations.AlterField(
            model_name="brake",
            name="counted",
            field=models.DateTimeField(help_text="Time of the last failed attempt."),
        ),
        migrations.AlterField(
            model_name="brake",
            name="level",
            field=models.FloatField(default=0.0, help_text="Failed attempts still counted at the last one."),
        ),
        migrations.AlterField(
            model_name="collection",
            name="archived",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When it was removed from the list of collections.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="deleted",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When it was deleted. It is removed for good some days later.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="expected_documents",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Number of documents, if the finding aid gives it.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="identifier",
            field=models.CharField(
                blank=True,
                help_text="ID of the collection, e.g. HH018977.",
                max_length=100,
                verbose_name="collection ID",
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="ocr_language",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Tesseract’s language code, e.g. deu. For several, put the main one first: deu+eng. Blank: the site’s default.",
                max_length=100,
                validators=[clustering.models.collection.check_languages],
                verbose_name="OCR language",
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="redrafted",
            field=models.PositiveBigIntegerField(
                default=0,
                editable=False,
                help_text="How often workers changed drafts, which doesn’t change the version.",
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="reordered",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, help_text="Version at which pages last changed their place in scan order."
            ),
        ),
        migrations.AlterField(
            model_name="collection",
            name="settings",
            field=models.JSONField(blank=True, default=dict, help_text="Settings of exports, drafts, and training."),
        ),
        migrations.AlterField(
            model_name="collection",
            name="slug",
            field=models.SlugField(
                help_text="Used in web addresses and on the command line.",
                max_length=80,
                unique=True,
                verbose_name="short name",
            ),
        ),
        migrations.AlterField(
            model_name="comment",
            name="mentions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=150),
                blank=True,
                default=list,
                help_text="Usernames of the people mentioned.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="edit",
            name="act_id",
            field=models.UUIDField(
                default=uuid.uuid4, help_text="Chosen by the sender, so that an act sent twice is done once."
            ),
        ),
        migrations.AlterField(
            model_name="edit",
            name="groups",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, help_text="IDs of all documents involved.", size=None
            ),
        ),
        migrations.AlterField(
            model_name="edit",
            name="message",
            field=models.JSONField(help_text="The summary as data, for translation.", null=True),
        ),
        migrations.AlterField(
            model_name="edit",
            name="pages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="IDs of the pages that moved, or else of those that changed.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="edit",
            name="sequence",
            field=models.PositiveBigIntegerField(help_text="Version of the collection after this change."),
        ),
        migrations.AlterField(
            model_name="edit",
            name="summary",
            field=models.CharField(help_text="A sentence in English, e.g. Joined documents 12 and 13.", max_length=500),
        ),
        migrations.AlterField(
            model_name="embedding",
            name="encoder",
            field=models.CharField(help_text="Key of the encoder, e.g. efficientnet-lite0@224.", max_length=200),
        ),
        migrations.AlterField(
            model_name="group",
            name="accepted_drafts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="Fields whose value is a draft that a person accepted.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="awaits_draft",
            field=models.BooleanField(
                default=False, help_text="Its pages changed since it was drafted, and a new draft will follow."
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="confidence",
            field=models.FloatField(
                blank=True, help_text="Probability that exactly these pages are one document.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="copy_of",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Number of the document that this is a duplicate of.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="details",
            field=models.JSONField(
                blank=True, default=dict, help_text="Other fields of the description (`engine.description.Details`)."
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="draft",
            field=models.JSONField(
                blank=True, default=dict, help_text="Drafts: {title: {value, confidence, evidence}}."
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="split_from",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Number of the document that this was split from.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="claimed",
            field=models.PositiveIntegerField(
                help_text="Slice that a worker claimed last. If it isn’t the current one, that one is waiting.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="lapses",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="How many workers in a row stopped without finishing the current slice."
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="served",
            field=models.DateTimeField(
                blank=True,
                help_text="When a worker last claimed pages of it. Workers choose the job that has waited longest.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="slices",
            field=models.PositiveIntegerField(
                default=0, help_text="Number of slices finished or given up. Messages for any other slice are void."
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="stage",
            field=models.CharField(
                blank=True,
                choices=[
                    ("list", "Reading the source"),
                    ("compare", "Comparing with the collection"),
                    ("import", "Importing scans"),
                    ("embed-and-read", "Analyzing images and running OCR"),
                    ("embed", "Analyzing images"),
                    ("embed-texts", "Analyzing text"),
                    ("read", "Running OCR"),
                    ("propose", "Proposing documents"),
                    ("publish", "Applying the proposal"),
                    ("draft", "Drafting titles and dates"),
                    ("learn", "Training on confirmed documents"),
                    ("check-export", "Checking the export"),
                    ("write-export", "Writing the export"),
                    ("ask-seams", "Asking about places to check"),
                    ("ask-documents", "Asking about documents"),
                ],
                help_text="Current stage.",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="jobproblem",
            name="is_warning",
            field=models.BooleanField(default=False, help_text="A warning: the page was imported anyway."),
        ),
        migrations.AlterField(
            model_name="jobproblem",
            name="message",
            field=clustering.wording.SentenceField(help_text="What happened and what to do."),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="after",
            field=models.JSONField(default=dict, help_text="Figures of these weights on held-out documents."),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="before",
            field=models.JSONField(default=dict, help_text="Figures of the previous weights on held-out documents."),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="chosen_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Who last put them in or out of use.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="edits",
            field=models.PositiveBigIntegerField(default=0, help_text="Version of the collection at training."),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="number",
            field=models.PositiveIntegerField(help_text="Number within the collection, from 1."),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="prior",
            field=models.CharField(help_text="Name of the weights that training started from.", max_length=200),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="truth",
            field=models.JSONField(
                default=dict, help_text="Size of the training data: seams, groups, answers, collections."
            ),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="verdict",
            field=clustering.wording.SentenceField(help_text="Why the weights were taken or refused."),
        ),
        migrations.AlterField(
            model_name="learnedweights",
            name="weights",
            field=models.JSONField(help_text="The weights, in the format of engine/prior/family.json."),
        ),
        migrations.AlterField(
            model_name="linecorrection",
            name="box",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(),
                help_text="Left, top, right, and bottom, as shares of the stored image.",
                size=4,
            ),
        ),
        migrations.AlterField(
            model_name="linecorrection",
            name="changed",
            field=models.DateTimeField(help_text="When it was last corrected."),
        ),
        migrations.AlterField(
            model_name="linecorrection",
            name="original",
            field=models.CharField(
                blank=True, help_text="The line as read. Empty: added by a person.", max_length=2000
            ),
        ),
        migrations.AlterField(
            model_name="linecorrection",
            name="text",
            field=models.CharField(
                blank=True, help_text="The corrected line. Empty: deleted by a person.", max_length=2000
            ),
        ),
        migrations.AlterField(
            model_name="livescore",
            name="probability",
            field=models.FloatField(help_text="Probability that a document ends after this page."),
        ),
        migrations.AlterField(
            model_name="livescore",
            name="sequence",
            field=models.PositiveBigIntegerField(help_text="Version of the collection when it last changed."),
        ),
        migrations.AlterField(
            model_name="notification",
            name="address",
            field=models.CharField(blank=True, default="", help_text="Address that it links to.", max_length=500),
        ),
        migrations.AlterField(
            model_name="notification",
            name="key",
            field=models.CharField(blank=True, help_text="Is sent once per key.", max_length=100, null=True),
        ),
        migrations.AlterField(
            model_name="notification",
            name="message",
            field=models.JSONField(help_text="The sentence as data (`wording.as_data`)."),
        ),
        migrations.AlterField(
            model_name="notification",
            name="quote",
            field=clustering.wording.SentenceField(
                blank=True, default="", help_text="What the other person wrote, or why the job failed."
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="answer",
            field=models.JSONField(
                help_text="The parsed answer: {new_document, confidence, reason} or {title, kind, …}."
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="cost",
            field=models.DecimalField(
                decimal_places=6,
                default=Decimal("0"),
                help_text="In the currency of the configured prices.",
                max_digits=12,
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="key",
            field=models.CharField(
                help_text="SHA-256 of the question: its text, the model, and what was sent.", max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="next_page",
            field=models.ForeignKey(
                blank=True,
                help_text="The page after the place in question.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="clustering.page",
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="page",
            field=models.ForeignKey(
                help_text="The page before the place in question, or the first page of the document.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="opinions",
                to="clustering.page",
            ),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="reused",
            field=models.BooleanField(default=False, help_text="Copied from an earlier answer to the same question."),
        ),
        migrations.AlterField(
            model_name="opinion",
            name="sent",
            field=models.PositiveIntegerField(default=0, help_text="Tokens sent, as counted by the server."),
        ),
        migrations.AlterField(
            model_name="page",
            name="chosen_rotation",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Degrees clockwise, chosen by a person. Empty: as found by OCR.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="filename",
            field=models.CharField(
                help_text="Original file name. Bytes that aren’t UTF-8 are escaped.", max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="label",
            field=models.CharField(
                blank=True, default="", help_text="Label in the source, e.g. “12v”.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="paper",
            field=models.JSONField(blank=True, help_text="Measurements of the paper, with their version.", null=True),
        ),
        migrations.AlterField(
            model_name="page",
            name="pid",
            field=models.CharField(blank=True, help_text="Repository ID, e.g. bdr:gbzad5mb.", max_length=200),
        ),
        migrations.AlterField(
            model_name="page",
            name="placeholder",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A tiny blurred image, shown until the scan is loaded.",
                max_length=52,
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="restricted",
            field=models.BooleanField(default=False, help_text="Hidden from viewers, exports, and IIIF."),
        ),
        migrations.AlterField(
            model_name="page",
            name="restricted_until",
            field=models.DateField(
                blank=True, help_text="Last day of the restriction. Empty: until it is lifted.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="width",
            field=models.PositiveIntegerField(help_text="In pixels, with the EXIF orientation applied."),
        ),
        migrations.AlterField(
            model_name="pagebatch",
            name="lapses",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="How many workers stopped while processing it."
            ),
        ),
        migrations.AlterField(
            model_name="pagebatch",
            name="queue",
            field=models.CharField(
                blank=True, help_text="Empty: processed by the command that runs the job.", max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="digest",
            field=models.CharField(help_text="SHA-256 of the kind, the passage, and its line.", max_length=64),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="end",
            field=models.PositiveIntegerField(default=0, help_text="End of the passage in the line, exclusive."),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="kind",
            field=models.CharField(blank=True, help_text="What kind of personal data it may be.", max_length=20),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="line",
            field=models.PositiveIntegerField(
                help_text="Line of the page’s text, from 0. Empty: no longer in the text.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="start",
            field=models.PositiveIntegerField(default=0, help_text="Start of the passage in the line, from 0."),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="username",
            field=models.CharField(
                blank=True, help_text="Who dismissed it, kept in case the account is deleted.", max_length=150
            ),
        ),
        migrations.AlterField(
            model_name="personalfinding",
            name="version",
            field=models.PositiveSmallIntegerField(default=0, help_text="Version of the detector that last found it."),
        ),
        migrations.AlterField(
            model_name="preference",
            name="keys",
            field=models.JSONField(default=dict, help_text='Custom keys by command: {"split": "x", "confirm": "off"}.'),
        ),
        migrations.AlterField(
            model_name="preference",
            name="language",
            field=models.CharField(
                blank=True, default="", help_text="Empty: the language of the browser.", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="preference",
            name="mail",
            field=models.BooleanField(
                default=True, help_text="Whether notifications are also sent by email, if email is set up."
            ),
        ),
        migrations.AlterField(
            model_name="preference",
            name="tour_seen",
            field=models.DateTimeField(blank=True, help_text="When the tour was closed for the first time.", null=True),
        ),
        migrations.AlterField(
            model_name="reading",
            name="as_read",
            field=models.JSONField(
                blank=True, help_text="Text and lines before corrections. Empty: nothing was corrected.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="checked",
            field=models.DateTimeField(blank=True, help_text="When a person marked the text as checked.", null=True),
        ),
        migrations.AlterField(
            model_name="reading",
            name="engine",
            field=models.CharField(help_text="OCR program, version, and data.", max_length=100),
        ),
        migrations.AlterField(
            model_name="reading",
            name="is_second",
            field=models.BooleanField(
                default=False, help_text="Read by the second reader, as handwriting and unusual type are."
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="is_unread",
            field=models.BooleanField(
                default=False, help_text="The page seems to have writing, but OCR found little or no text."
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="language",
            field=models.CharField(
                blank=True, help_text="ISO 639-1 code of the language of the text, if known.", max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="ocr_language",
            field=models.CharField(
                default="eng",
                help_text="Tesseract’s codes of the languages used for OCR, e.g. deu+eng.",
                max_length=100,
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="search_config",
            field=models.CharField(
                default="english", help_text="PostgreSQL’s text search configuration for the text.", max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="searched_by",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Version of the detector that last searched this text for personal data. 0: not searched yet.",
            ),
        ),
        migrations.AlterField(
            model_name="restrictedlook",
            name="username",
            field=models.CharField(help_text="Kept in case the account is deleted.", max_length=150),
        ),
        migrations.AlterField(
            model_name="reviewcheck",
            name="earlier",
            field=models.ForeignKey(
                blank=True,
                help_text="Who made the earlier decision.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="strays",
            field=models.JSONField(
                default=list, help_text="[{page, group, probability, sentence}] with page IDs and group indexes."
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="weighing",
            field=models.JSONField(
                default=dict,
                help_text="Parameters of the decoder, to decode parts again: {anchors, offset}. Anchors are positions of pages that surely end a document; the offset is added to all log-odds.",
            ),
        ),
        migrations.AlterField(
            model_name="runfeatures",
            name="data",
            field=models.BinaryField(help_text="NumPy archive of pages, facts, traits, mean, spread, and scales."),
        ),
        migrations.AlterField(
            model_name="rungroup",
            name="index",
            field=models.PositiveIntegerField(help_text="Position among the documents of the proposal, from 0."),
        ),
        migrations.AlterField(
            model_name="seamscore",
            name="log_odds",
            field=models.FloatField(
                blank=True, help_text="Log-odds from the evidence at this place alone. Empty: no evidence.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="seamscore",
            name="probability",
            field=models.FloatField(help_text="Probability that a document ends after this page."),
        ),
        migrations.AlterField(
            model_name="upload",
            name="key",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                help_text="Part of its address, and the name of its folder.",
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="made_collection",
            field=models.BooleanField(
                default=False, help_text="The collection was created for this upload and is deleted with it."
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="process",
            field=models.BooleanField(default=False, help_text="Start processing after the import."),
        ),
        migrations.AlterField(
            model_name="upload",
            name="touched",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), help_text="When the last chunk arrived."
            ),
        ),
        migrations.AlterField(
            model_name="uploadedfile",
            name="fingerprint",
            field=models.CharField(
                blank=True, help_text="SHA-256 of its first and last bytes, if the browser sent one.", max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="uploadedfile",
            name="modified",
            field=models.BigIntegerField(default=0, help_text="Milliseconds since 1970, according to the browser."),
        ),
        migrations.AlterField(
            model_name="uploadedfile",
            name="name",
            field=models.CharField(help_text="Path relative to the chosen folder, separated by /.", max_length=500),
        ),
        migrations.AlterField(
            model_name="uploadedfile",
            name="sha256",
            field=models.CharField(
                blank=True, help_text="SHA-256 of the whole file, if the sender knows it.", max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="uploadedfile",
            name="size",
            field=models.PositiveBigIntegerField(help_text="In bytes, according to the browser."),
        ),
    ]
