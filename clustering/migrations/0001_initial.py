"""All tables, and what Django cannot derive: pgvector, a foreign key over two columns, room in a table, and the roles."""

import uuid
from decimal import Decimal

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgvector.django
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models

import clustering.models.collection
import clustering.models.verbs

A_GROUP_OF_ITS_COLLECTION = """
ALTER TABLE clustering_group ADD CONSTRAINT group_with_its_collection UNIQUE (id, collection_id);
ALTER TABLE clustering_page ADD CONSTRAINT page_group_is_of_its_collection
    FOREIGN KEY (group_id, collection_id) REFERENCES clustering_group (id, collection_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
"""A page's group belongs to the page's own collection."""
ANY_GROUP = """
ALTER TABLE clustering_page DROP CONSTRAINT page_group_is_of_its_collection;
ALTER TABLE clustering_group DROP CONSTRAINT group_with_its_collection;
"""
ROOM_TO_REWRITE = "ALTER TABLE clustering_livescore SET (fillfactor = 50)"
"""Live probabilities are rewritten in place: an answer at 5,000 pages writes most of them."""
NO_ROOM = "ALTER TABLE clustering_livescore RESET (fillfactor)"


def make_roles(apps, schema_editor):
    """The two roles below staff: viewers look, archivists edit."""
    role = apps.get_model("auth", "Group")
    for name in ("viewers", "archivists"):
        role.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        pgvector.django.VectorExtension(),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.CharField(max_length=40)),
                ("settings", models.JSONField(default=dict)),
                ("encoder", models.CharField(blank=True, max_length=200)),
                (
                    "model",
                    models.CharField(blank=True, help_text="Name and version of the seam model.", max_length=200),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("computing", "computing"), ("ready", "ready"), ("failed", "failed")],
                        default="computing",
                        max_length=10,
                    ),
                ),
                ("group_count", models.PositiveIntegerField(default=0)),
                ("page_count", models.PositiveIntegerField(default=0)),
                ("seconds", models.FloatField(default=0.0)),
                ("warnings", models.JSONField(default=list)),
                (
                    "strays",
                    models.JSONField(
                        default=list, help_text="[{page, group, probability, sentence}], page ids and group indexes."
                    ),
                ),
                (
                    "weighing",
                    models.JSONField(
                        default=dict,
                        help_text="What its decoder was told, to decode parts again: {anchors, offset}; anchors are positions of pages that surely end a document, offset is added to all log-odds.",
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("published", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "-created"],
            },
        ),
        migrations.CreateModel(
            name="Vocabulary",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("loaded", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name_plural": "vocabularies",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preference",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "keys",
                    models.JSONField(default=dict, help_text='Own keys by command: {"split": "x", "confirm": "off"}.'),
                ),
                (
                    "tour_seen",
                    models.DateTimeField(
                        blank=True, help_text="When the first tour of the desk was closed.", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Brake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pair", "account at an address"),
                            ("address", "address"),
                            ("account", "account, at new browsers"),
                            ("token", "wrong tokens of the API"),
                        ],
                        max_length=8,
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=150)),
                ("address", models.CharField(blank=True, max_length=64)),
                (
                    "level",
                    models.FloatField(
                        default=0.0, help_text="Failed tries that were not forgotten when the last one came."
                    ),
                ),
                ("counted", models.DateTimeField(help_text="When that was.")),
            ],
            options={
                "verbose_name": "failed sign-ins",
                "verbose_name_plural": "failed sign-ins",
                "indexes": [models.Index(fields=["counted"], name="brake_counted")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pair", "address", "account", "token"])),
                        name="brake_kind_is_known",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "account", "address"), name="one_brake_for_account_and_address"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Short name for addresses and the command line.", max_length=80, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                (
                    "identifier",
                    models.CharField(blank=True, help_text="The organization's number, e.g. HH018977.", max_length=100),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "expected_documents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many documents the finding aid counts, if it says so.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "ocr_language",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Tesseract's code of the language the pages are read in, e.g. deu; several with a plus, the main one first: deu+eng. Blank uses the installation's.",
                        max_length=100,
                        validators=[clustering.models.collection.check_languages],
                        verbose_name="OCR language",
                    ),
                ),
                (
                    "settings",
                    models.JSONField(blank=True, default=dict, help_text="Settings of exports and of learning."),
                ),
                ("version", models.PositiveBigIntegerField(default=0, editable=False)),
                (
                    "reordered",
                    models.PositiveBigIntegerField(
                        default=0, editable=False, help_text="The version at which pages last moved in scan order."
                    ),
                ),
                ("next_group_number", models.PositiveBigIntegerField(default=1, editable=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("closed", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["title", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expected_documents__isnull", True), ("expected_documents__gte", 1), _connector="OR"
                        ),
                        name="collection_expects_at_least_one_document",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveBigIntegerField(help_text="The collection's version that this edit made.")),
                (
                    "act_id",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Made by the browser: sending an act twice does it once."
                    ),
                ),
                ("verb", models.CharField(choices=clustering.models.verbs.verb_choices, max_length=12)),
                (
                    "summary",
                    models.CharField(help_text="A sentence: Merged 12 and 13, pages 31 to 36.", max_length=500),
                ),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="Ids of all groups touched.",
                        size=None,
                    ),
                ),
                (
                    "pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="Ids of the pages whose place changed.",
                        size=None,
                    ),
                ),
                ("undone", models.BooleanField(default=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="edits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="edits", to="clustering.collection"
                    ),
                ),
                (
                    "redoes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="redone_by",
                        to="clustering.edit",
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="undone_by",
                        to="clustering.edit",
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "-sequence"],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("changed", "changed")],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("edited", models.BooleanField(default=False)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("date", models.CharField(blank=True, help_text="EDTF, e.g. 1959-03 or 1964~.", max_length=60)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("note", models.TextField(blank=True)),
                (
                    "details",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="All else that is said of it, as `engine.description.Details` writes it.",
                    ),
                ),
                (
                    "draft",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Drafts by hhreview: {title: {value, confidence, evidence}}.",
                    ),
                ),
                (
                    "accepted_drafts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="Fields that hold a draft that a person accepted.",
                        size=None,
                    ),
                ),
                ("flagged", models.BooleanField(default=False)),
                ("flag_note", models.CharField(blank=True, max_length=500)),
                (
                    "confidence",
                    models.FloatField(
                        blank=True, help_text="Probability that exactly these pages belong together.", null=True
                    ),
                ),
                ("first_position", models.PositiveIntegerField()),
                ("page_count", models.PositiveIntegerField()),
                ("version", models.PositiveBigIntegerField(default=1)),
                (
                    "copy_of",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Number of the group of which this is another copy.", null=True
                    ),
                ),
                (
                    "split_from",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Number of the group this was cut from.", null=True
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("updated", models.DateTimeField(auto_now=True)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="groups", to="clustering.collection"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "first_position"],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("import", "Import"),
                            ("process", "Process"),
                            ("embed", "Analyze images"),
                            ("read", "OCR"),
                            ("propose", "Propose"),
                            ("learn", "Train"),
                            ("export", "Export"),
                            ("ask", "Ask a language model"),
                        ],
                        max_length=10,
                    ),
                ),
                ("params", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
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
                            ("learn", "Training on confirmed documents"),
                            ("check-export", "Checking the export"),
                            ("write-export", "Writing the export"),
                            ("ask-seams", "Asking about places to check"),
                            ("ask-documents", "Asking about documents"),
                        ],
                        help_text="What it is doing now.",
                        max_length=20,
                    ),
                ),
                (
                    "slices",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Slices finished or given up. A message names the slice it is for; any other is void.",
                    ),
                ),
                (
                    "claimed",
                    models.PositiveIntegerField(
                        help_text="The slice that a worker took last; where it is not the present one, that waits its turn.",
                        null=True,
                    ),
                ),
                (
                    "lapses",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How many workers ended in a row without finishing the present slice."
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(choices=[(0, "someone is waiting"), (1, "tonight")], default=0),
                ),
                (
                    "served",
                    models.DateTimeField(
                        blank=True,
                        help_text="When a worker last took pages of it: the next is the one that waited longest.",
                        null=True,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("result", models.JSONField(default=dict)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("started", models.DateTimeField(blank=True, null=True)),
                ("stage_started", models.DateTimeField(blank=True, null=True)),
                ("heartbeat", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to="clustering.collection"
                    ),
                ),
                (
                    "relaunch_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="relaunches",
                        to="clustering.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-created"],
            },
        ),
        migrations.CreateModel(
            name="LearnedWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="From 1 within the collection.")),
                (
                    "state",
                    models.CharField(
                        choices=[("current", "in use"), ("superseded", "kept"), ("refused", "not taken")], max_length=10
                    ),
                ),
                ("weights", models.JSONField(help_text="The family, as engine/prior/family.json.")),
                ("prior", models.CharField(help_text="Name of the weights it was held to.", max_length=200)),
                (
                    "edits",
                    models.PositiveBigIntegerField(default=0, help_text="The collection's version when it was fitted."),
                ),
                (
                    "truth",
                    models.JSONField(
                        default=dict, help_text="What it was fitted on: seams, groups, answers, collections."
                    ),
                ),
                (
                    "before",
                    models.JSONField(default=dict, help_text="Figures of the weights before, on documents held out."),
                ),
                ("after", models.JSONField(default=dict, help_text="Figures of these weights, on documents held out.")),
                ("verdict", models.CharField(help_text="Why it was taken or not, in a sentence.", max_length=500)),
                ("chosen_at", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who last put it in or out of use.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learned_weights",
                        to="clustering.collection",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="learned_weights",
                        to="clustering.job",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "learned weights",
                "ordering": ["collection", "-number"],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("identifier", models.CharField(max_length=200)),
                ("pid", models.CharField(blank=True, help_text="Repository id, e.g. bdr:gbzad5mb.", max_length=200)),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", help_text="What its source calls it, e.g. “12v”.", max_length=200
                    ),
                ),
                (
                    "filename",
                    models.CharField(
                        help_text="As it came, for people; bytes that are no UTF-8 escaped.", max_length=500
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(max_length=60)),
                ("width", models.PositiveIntegerField(help_text="Pixels as displayed, EXIF orientation applied.")),
                ("height", models.PositiveIntegerField()),
                (
                    "paper",
                    models.JSONField(
                        blank=True, help_text="Physical facts measured on the image, with a version.", null=True
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "page of a document"),
                            ("target", "target or calibration card"),
                            ("empty", "empty"),
                            ("other", "not a document"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("group_order", models.PositiveIntegerField(blank=True, null=True)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="clustering.collection"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="pages",
                        to="clustering.group",
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "position"],
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("seam", "whether a page begins a new document"), ("document", "what a document is")],
                        max_length=8,
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="SHA-256 of the question: its words, the model, what was sent.", max_length=64
                    ),
                ),
                ("model", models.CharField(max_length=200)),
                (
                    "answer",
                    models.JSONField(
                        help_text="As it was read: {new_document, confidence, reason}, or {title, kind, …}."
                    ),
                ),
                ("sent", models.PositiveIntegerField(default=0, help_text="Tokens, as the server counted them.")),
                ("received", models.PositiveIntegerField(default=0)),
                ("seconds", models.FloatField(default=0.0)),
                (
                    "cost",
                    models.DecimalField(
                        decimal_places=6,
                        default=Decimal("0"),
                        help_text="In the currency of the prices that are set.",
                        max_digits=12,
                    ),
                ),
                ("reused", models.BooleanField(default=False, help_text="Copied from an answer that was there.")),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="opinions", to="clustering.collection"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="opinions",
                        to="clustering.job",
                    ),
                ),
                (
                    "next_page",
                    models.ForeignKey(
                        blank=True,
                        help_text="After the place.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clustering.page",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        help_text="Before the place, or the document's first.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opinions",
                        to="clustering.page",
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "pk"],
            },
        ),
        migrations.CreateModel(
            name="JobProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("filename", models.CharField(blank=True, max_length=500)),
                ("message", models.TextField(help_text="A full sentence with the reason and the remedy.")),
                ("is_warning", models.BooleanField(default=False, help_text="The page was imported anyway.")),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="clustering.job"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="clustering.page",
                    ),
                ),
            ],
            options={
                "ordering": ["job", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Embedding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "encoder",
                    models.CharField(help_text="The encoder's key, e.g. efficientnet-lite0@224.", max_length=200),
                ),
                ("vector", pgvector.django.vector.VectorField()),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="embeddings", to="clustering.page"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("same", "same document"), ("different", "different documents")], max_length=10
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="clustering.collection"
                    ),
                ),
                (
                    "edit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answers",
                        to="clustering.edit",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers_after", to="clustering.page"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers_before", to="clustering.page"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PageBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(help_text="Key of the stage.", max_length=20)),
                (
                    "queue",
                    models.CharField(
                        blank=True, help_text="Empty: the command that runs the job does it.", max_length=20
                    ),
                ),
                ("pages", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("claims", models.PositiveIntegerField(default=0)),
                (
                    "lapses",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How many workers ended while they were at it."
                    ),
                ),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="clustering.job"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("lines", models.JSONField(default=list)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("rotation", models.PositiveSmallIntegerField(default=0)),
                ("confidence", models.FloatField(default=0.0)),
                (
                    "language",
                    models.CharField(
                        blank=True, help_text="ISO 639-1 code of what was read, where it tells.", max_length=8
                    ),
                ),
                (
                    "ocr_language",
                    models.CharField(
                        default="eng",
                        help_text="In which languages it was read, in Tesseract's codes: deu+eng.",
                        max_length=100,
                    ),
                ),
                (
                    "search_config",
                    models.CharField(
                        default="english",
                        help_text="PostgreSQL's text search configuration by which its words are found.",
                        max_length=20,
                    ),
                ),
                (
                    "is_unread",
                    models.BooleanField(
                        default=False,
                        help_text="The page looks written on where nothing, or next to nothing, was read.",
                    ),
                ),
                ("engine", models.CharField(help_text="Program, version and data that read it.", max_length=100)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                search_config="arabic",
                                then=django.contrib.postgres.search.SearchVector("text", config="arabic"),
                            ),
                            models.When(
                                search_config="armenian",
                                then=django.contrib.postgres.search.SearchVector("text", config="armenian"),
                            ),
                            models.When(
                                search_config="basque",
                                then=django.contrib.postgres.search.SearchVector("text", config="basque"),
                            ),
                            models.When(
                                search_config="catalan",
                                then=django.contrib.postgres.search.SearchVector("text", config="catalan"),
                            ),
                            models.When(
                                search_config="danish",
                                then=django.contrib.postgres.search.SearchVector("text", config="danish"),
                            ),
                            models.When(
                                search_config="dutch",
                                then=django.contrib.postgres.search.SearchVector("text", config="dutch"),
                            ),
                            models.When(
                                search_config="english",
                                then=django.contrib.postgres.search.SearchVector("text", config="english"),
                            ),
                            models.When(
                                search_config="finnish",
                                then=django.contrib.postgres.search.SearchVector("text", config="finnish"),
                            ),
                            models.When(
                                search_config="french",
                                then=django.contrib.postgres.search.SearchVector("text", config="french"),
                            ),
                            models.When(
                                search_config="german",
                                then=django.contrib.postgres.search.SearchVector("text", config="german"),
                            ),
                            models.When(
                                search_config="greek",
                                then=django.contrib.postgres.search.SearchVector("text", config="greek"),
                            ),
                            models.When(
                                search_config="hindi",
                                then=django.contrib.postgres.search.SearchVector("text", config="hindi"),
                            ),
                            models.When(
                                search_config="hungarian",
                                then=django.contrib.postgres.search.SearchVector("text", config="hungarian"),
                            ),
                            models.When(
                                search_config="indonesian",
                                then=django.contrib.postgres.search.SearchVector("text", config="indonesian"),
                            ),
                            models.When(
                                search_config="irish",
                                then=django.contrib.postgres.search.SearchVector("text", config="irish"),
                            ),
                            models.When(
                                search_config="italian",
                                then=django.contrib.postgres.search.SearchVector("text", config="italian"),
                            ),
                            models.When(
                                search_config="lithuanian",
                                then=django.contrib.postgres.search.SearchVector("text", config="lithuanian"),
                            ),
                            models.When(
                                search_config="nepali",
                                then=django.contrib.postgres.search.SearchVector("text", config="nepali"),
                            ),
                            models.When(
                                search_config="norwegian",
                                then=django.contrib.postgres.search.SearchVector("text", config="norwegian"),
                            ),
                            models.When(
                                search_config="portuguese",
                                then=django.contrib.postgres.search.SearchVector("text", config="portuguese"),
                            ),
                            models.When(
                                search_config="romanian",
                                then=django.contrib.postgres.search.SearchVector("text", config="romanian"),
                            ),
                            models.When(
                                search_config="russian",
                                then=django.contrib.postgres.search.SearchVector("text", config="russian"),
                            ),
                            models.When(
                                search_config="serbian",
                                then=django.contrib.postgres.search.SearchVector("text", config="serbian"),
                            ),
                            models.When(
                                search_config="spanish",
                                then=django.contrib.postgres.search.SearchVector("text", config="spanish"),
                            ),
                            models.When(
                                search_config="swedish",
                                then=django.contrib.postgres.search.SearchVector("text", config="swedish"),
                            ),
                            models.When(
                                search_config="tamil",
                                then=django.contrib.postgres.search.SearchVector("text", config="tamil"),
                            ),
                            models.When(
                                search_config="turkish",
                                then=django.contrib.postgres.search.SearchVector("text", config="turkish"),
                            ),
                            models.When(
                                search_config="yiddish",
                                then=django.contrib.postgres.search.SearchVector("text", config="yiddish"),
                            ),
                            default=django.contrib.postgres.search.SearchVector("text", config="simple"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reading", to="clustering.page"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReviewCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "expected",
                    models.CharField(
                        choices=[("same", "same document"), ("different", "different documents")], max_length=10
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("answer", "answered"), ("confirmed", "confirmed"), ("accepted", "confirmed in bulk")],
                        max_length=10,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("same", "same document"), ("different", "different documents")], max_length=10
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="review_checks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_checks",
                        to="clustering.collection",
                    ),
                ),
                (
                    "earlier",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who said so before.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clustering.page"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clustering.page"
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "-created"],
            },
        ),
        migrations.CreateModel(
            name="RunFeatures",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="features",
                        serialize=False,
                        to="clustering.run",
                    ),
                ),
                ("data", models.BinaryField(help_text="NumPy archive: pages, facts, traits, mean, spread, scales.")),
            ],
            options={
                "verbose_name_plural": "run features",
            },
        ),
        migrations.AddField(
            model_name="run",
            name="collection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="clustering.collection"
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="job",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="clustering.job",
            ),
        ),
        migrations.CreateModel(
            name="LiveScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probability", models.FloatField(help_text="That a document ends after this page.")),
                (
                    "sequence",
                    models.PositiveBigIntegerField(help_text="The collection's version at which it last changed."),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="live_scores", to="clustering.page"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="live_seams", to="clustering.run"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="group",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="desk_groups",
                to="clustering.run",
            ),
        ),
        migrations.AddField(
            model_name="edit",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="edits",
                to="clustering.run",
            ),
        ),
        migrations.CreateModel(
            name="RunGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveIntegerField(help_text="Place among the run's groups, from 0.")),
                ("probability", models.FloatField(null=True)),
                ("draft", models.JSONField(default=dict)),
                ("order_reason", models.CharField(blank=True, max_length=300)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="groups", to="clustering.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "index"],
            },
        ),
        migrations.CreateModel(
            name="RunMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_index", models.PositiveIntegerField()),
                ("group_order", models.PositiveIntegerField()),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="run_memberships",
                        to="clustering.page",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="clustering.run"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SeamScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probability", models.FloatField(help_text="That a document ends after this page.")),
                ("boundary", models.BooleanField()),
                (
                    "evidence",
                    models.JSONField(default=list, help_text="[{family, name, value, sentence, contribution}]."),
                ),
                (
                    "log_odds",
                    models.FloatField(
                        blank=True,
                        help_text="By the evidence of this seam alone; empty where there was none.",
                        null=True,
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seam_scores", to="clustering.page"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seams", to="clustering.run"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, help_text="Its address and its folder.", unique=True
                    ),
                ),
                (
                    "made_collection",
                    models.BooleanField(default=False, help_text="The collection came with it, and goes with it."),
                ),
                ("process", models.BooleanField(default=False, help_text="Processing follows the import.")),
                (
                    "state",
                    models.CharField(
                        choices=[("receiving", "receiving"), ("handed", "handed to the import"), ("taken", "taken in")],
                        default="receiving",
                        max_length=10,
                    ),
                ),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "touched",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), help_text="When the last piece came in."
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="clustering.collection"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="uploads",
                        to="clustering.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created"],
            },
        ),
        migrations.CreateModel(
            name="UploadedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="Relative to the folder that was chosen, with / between.", max_length=500
                    ),
                ),
                ("size", models.PositiveBigIntegerField(help_text="Bytes, as the browser declared them.")),
                ("received", models.PositiveBigIntegerField(default=0)),
                (
                    "modified",
                    models.BigIntegerField(default=0, help_text="Milliseconds since 1970, as the browser says."),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        blank=True, help_text="SHA-256 of its two ends, where one was sent.", max_length=64
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, help_text="Of the whole file, where the sender knows it.", max_length=64
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="clustering.upload"
                    ),
                ),
            ],
            options={
                "ordering": ["upload", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=300)),
                ("other_labels", models.TextField(blank=True)),
                ("uri", models.CharField(blank=True, max_length=500)),
                (
                    "vocabulary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="clustering.vocabulary"
                    ),
                ),
            ],
            options={
                "ordering": ["label"],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="What it is for, e.g. the name of the script.", max_length=80)),
                (
                    "scope",
                    models.CharField(
                        choices=[("read", "read only"), ("write", "read and write")], default="read", max_length=5
                    ),
                ),
                ("start", models.CharField(help_text="Its first characters, to tell it from others.", max_length=12)),
                ("digest", models.CharField(help_text="SHA-256 of the token.", max_length=64, unique=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expires", models.DateTimeField(blank=True, null=True)),
                ("last_used", models.DateTimeField(blank=True, help_text="To the minute.", null=True)),
                ("revoked", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked__isnull", True)),
                        fields=("user", "name"),
                        name="api_token_name_once_per_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["read", "write"])), name="api_token_scope_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.BigIntegerField(help_text="Id of the group when it was drawn.")),
                ("number", models.PositiveBigIntegerField(help_text="The group's number.")),
                (
                    "pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Page ids in reading order, as accepted.",
                        size=None,
                    ),
                ),
                ("confidence", models.FloatField(help_text="The group's confidence when it was accepted.")),
                ("place", models.PositiveIntegerField(help_text="Order of drawing, from 1.")),
                ("drawn", models.DateTimeField(auto_now_add=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("right", "right"), ("wrong", "wrong")],
                        help_text="Empty: not checked yet.",
                        max_length=5,
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audit_samples",
                        to="clustering.collection",
                    ),
                ),
                (
                    "edit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="audit_samples", to="clustering.edit"
                    ),
                ),
            ],
            options={
                "ordering": ["edit", "place"],
                "indexes": [models.Index(fields=["collection", "verdict"], name="audit_sample_by_verdict")],
                "constraints": [
                    models.UniqueConstraint(fields=("edit", "group"), name="audit_sample_once_per_edit_and_group"),
                    models.UniqueConstraint(fields=("edit", "place"), name="audit_sample_place_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("verdict", "")),
                            models.Q(("checked_at__isnull", False), ("verdict__in", ["right", "wrong"])),
                            _connector="OR",
                        ),
                        name="audit_sample_verdict_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                        name="audit_sample_confidence_is_a_probability",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", [0, 1])), name="job_priority_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["import", "process", "embed", "read", "propose", "learn", "export", "ask"])
                ),
                name="job_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "running", "done", "failed", "cancelled"])),
                name="job_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        [
                            "",
                            "list",
                            "compare",
                            "import",
                            "embed-and-read",
                            "embed",
                            "embed-texts",
                            "read",
                            "propose",
                            "publish",
                            "learn",
                            "check-export",
                            "write-export",
                            "ask-seams",
                            "ask-documents",
                        ],
                    )
                ),
                name="job_stage_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["queued", "running"])),
                fields=("collection", "kind"),
                name="job_one_active_per_collection_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("done__lte", models.F("total")), ("total", 0), _connector="OR"),
                name="job_done_within_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="learnedweights",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["current", "superseded", "refused"])), name="learned_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="learnedweights",
            constraint=models.UniqueConstraint(
                fields=("collection", "number"), name="learned_number_is_unique", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="learnedweights",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "current")),
                fields=("collection",),
                name="learned_one_current_per_collection",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="page",
            index=models.Index(fields=["collection", "sha256"], name="page_by_content"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["", "target", "empty", "other"])), name="page_role_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(fields=("collection", "position"), name="page_position_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(fields=("collection", "identifier"), name="page_identifier_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("group", "group_order"),
                name="page_group_order_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("group_order__isnull", True)),
                    models.Q(("group__isnull", False), ("group_order__isnull", False)),
                    _connector="OR",
                ),
                name="page_has_group_and_order_or_neither",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="page_position_from_one"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("group_order__isnull", True), ("group_order__gte", 1), _connector="OR"),
                name="page_group_order_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("height__gte", 1), ("width__gte", 1)), name="page_has_pixels"
            ),
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["key"], name="opinion_by_key"),
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["collection", "kind", "page", "-id"], name="opinion_of_seams"),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["seam", "document"])), name="opinion_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "seam"), ("next_page__isnull", False)),
                    models.Q(("kind", "document"), ("next_page__isnull", True)),
                    _connector="OR",
                ),
                name="opinion_of_a_seam_has_two_pages",
            ),
        ),
        migrations.AddIndex(
            model_name="embedding",
            index=models.Index(fields=["encoder", "page"], name="embedding_by_encoder"),
        ),
        migrations.AddConstraint(
            model_name="embedding",
            constraint=models.UniqueConstraint(fields=("page", "encoder"), name="embedding_once_per_page_and_encoder"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["same", "different"])), name="answer_verdict_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="answer_once_per_pair"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("first", models.F("second")), _negated=True), name="answer_is_about_two_pages"
            ),
        ),
        migrations.AddIndex(
            model_name="pagebatch",
            index=models.Index(fields=["job", "queue", "lapses", "id"], name="batch_next_of_job"),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="reading_search"),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(("rotation__in", [0, 90, 180, 270])), name="reading_rotation_is_a_quarter_turn"
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "search_config__in",
                        (
                            "simple",
                            "arabic",
                            "armenian",
                            "basque",
                            "catalan",
                            "danish",
                            "dutch",
                            "english",
                            "finnish",
                            "french",
                            "german",
                            "greek",
                            "hindi",
                            "hungarian",
                            "indonesian",
                            "irish",
                            "italian",
                            "lithuanian",
                            "nepali",
                            "norwegian",
                            "portuguese",
                            "romanian",
                            "russian",
                            "serbian",
                            "spanish",
                            "swedish",
                            "tamil",
                            "turkish",
                            "yiddish",
                        ),
                    )
                ),
                name="reading_search_config_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["same", "different"])), name="review_check_verdict_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("expected__in", ["same", "different"])), name="review_check_expected_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis__in", ["answer", "confirmed", "accepted"])),
                name="review_check_basis_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcheck",
            constraint=models.UniqueConstraint(
                fields=("first", "second", "actor"), name="review_check_once_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("first", models.F("second")), _negated=True), name="review_check_is_about_two_pages"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["collection", "-created"], name="run_newest"),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["computing", "ready", "failed"])), name="run_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="livescore",
            constraint=models.UniqueConstraint(fields=("run", "page"), name="live_score_once_per_run"),
        ),
        migrations.AddConstraint(
            model_name="livescore",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gte", 0), ("probability__lte", 1)), name="live_score_is_a_probability"
            ),
        ),
        migrations.AddIndex(
            model_name="group",
            index=models.Index(fields=["collection", "first_position"], name="group_by_first_page"),
        ),
        migrations.AddIndex(
            model_name="group",
            index=models.Index(fields=["collection", "state"], name="group_by_state"),
        ),
        migrations.AddIndex(
            model_name="group",
            index=models.Index(
                condition=models.Q(("state__in", ["confirmed", "changed"]), ("edited", True), _connector="OR"),
                fields=["collection"],
                name="group_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="group",
            index=models.Index(
                condition=models.Q(("state", "confirmed")),
                fields=["collection"],
                include=("page_count",),
                name="group_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "confirmed", "changed"])), name="group_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(fields=("collection", "number"), name="group_number_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(condition=models.Q(("page_count__gte", 1)), name="group_has_pages"),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("copy_of__isnull", True), models.Q(("copy_of", models.F("number")), _negated=True), _connector="OR"
                ),
                name="group_is_no_copy_of_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), ("confirmed_at__isnull", False), _connector="OR"
                ),
                name="group_confirmed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__isnull", True),
                    models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                    _connector="OR",
                ),
                name="group_confidence_is_a_probability",
            ),
        ),
        migrations.AddIndex(
            model_name="edit",
            index=models.Index(fields=["collection", "actor", "-sequence"], name="edit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="edit",
            index=models.Index(fields=["actor", "-id"], name="edit_newest_of_actor"),
        ),
        migrations.AddIndex(
            model_name="edit",
            index=django.contrib.postgres.indexes.GinIndex(fields=["groups"], name="edit_by_group"),
        ),
        migrations.AddIndex(
            model_name="edit",
            index=django.contrib.postgres.indexes.GinIndex(fields=["pages"], name="edit_by_page"),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.UniqueConstraint(fields=("collection", "sequence"), name="edit_sequence_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.UniqueConstraint(fields=("act_id",), name="edit_act_id_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.CheckConstraint(
                condition=models.Q(("undoes__isnull", True), ("verb", "undo"), _connector="OR"),
                name="edit_only_undo_undoes",
            ),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.CheckConstraint(
                condition=models.Q(("redoes__isnull", True), ("verb", "redo"), _connector="OR"),
                name="edit_only_redo_redoes",
            ),
        ),
        migrations.AddConstraint(
            model_name="rungroup",
            constraint=models.UniqueConstraint(fields=("run", "index"), name="run_group_index_is_unique"),
        ),
        migrations.AddConstraint(
            model_name="runmembership",
            constraint=models.UniqueConstraint(fields=("run", "page"), name="run_has_each_page_once"),
        ),
        migrations.AddConstraint(
            model_name="runmembership",
            constraint=models.UniqueConstraint(
                fields=("run", "group_index", "group_order"), name="run_group_order_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="seamscore",
            constraint=models.UniqueConstraint(fields=("run", "page"), name="seam_scored_once_per_run"),
        ),
        migrations.AddConstraint(
            model_name="seamscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gte", 0), ("probability__lte", 1)), name="seam_score_is_a_probability"
            ),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["state", "touched"], name="upload_by_state_and_touch"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["receiving", "handed", "taken"])), name="upload_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadedfile",
            constraint=models.UniqueConstraint(fields=("upload", "name"), name="uploaded_file_once_per_name"),
        ),
        migrations.AddConstraint(
            model_name="uploadedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__lte", models.F("size"))), name="uploaded_file_received_within_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadedfile",
            constraint=models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="uploaded_file_is_not_empty"),
        ),
        migrations.AddIndex(
            model_name="term",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("label", "other_labels", config="simple"),
                name="term_by_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=("vocabulary", "label", "uri"), name="term_once_in_its_vocabulary"
            ),
        ),
        migrations.RunSQL(A_GROUP_OF_ITS_COLLECTION, ANY_GROUP),
        migrations.RunSQL(ROOM_TO_REWRITE, NO_ROOM),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
