"""All tables as 0001 to 0033 leave them, made at once, and what Django cannot derive.

An empty database takes this one; a database that has some of the steps takes the others that it replaces.
Both end with the same schema, to the order of columns.
"""

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
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.utils.timezone
import pgvector.django
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models

import clustering.models.collection
import clustering.models.natural
import clustering.models.verbs
import clustering.wording

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
    replaces = [
        ("clustering", "0001_initial"),
        ("clustering", "0002_preference_language"),
        ("clustering", "0003_teams"),
        ("clustering", "0004_edit_said"),
        ("clustering", "0005_page_turn"),
        ("clustering", "0006_archived_and_deleted"),
        ("clustering", "0007_second_reader"),
        ("clustering", "0008_comment"),
        ("clustering", "0009_notification"),
        ("clustering", "0010_plain_names"),
        ("clustering", "0011_saved_filter"),
        ("clustering", "0012_text_corrections"),
        ("clustering", "0013_restricted_pages"),
        ("clustering", "0014_document_sharpness"),
        ("clustering", "0015_restricted_look"),
        ("clustering", "0016_page_placeholder"),
        ("clustering", "0017_sentences_as_data"),
        ("clustering", "0018_dismissed_hint"),
        ("clustering", "0019_described_search"),
        ("clustering", "0020_personal_finding"),
        ("clustering", "0021_awaits_draft"),
        ("clustering", "0022_collections_have_titles"),
        ("clustering", "0023_sentences_of_runs"),
        ("clustering", "0024_messages_and_times_by_name"),
        ("clustering", "0025_canceled"),
        ("clustering", "0026_weighing"),
        ("clustering", "0027_words_of_collections"),
        ("clustering", "0028_drafting_is_a_stage"),
        ("clustering", "0029_natural_order"),
        ("clustering", "0030_redrafted"),
        ("clustering", "0031_rotation"),
        ("clustering", "0032_plain_help_texts"),
        ("clustering", "0033_leaf_scores"),
    ]

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
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("members", models.ManyToManyField(blank=True, related_name="teams", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": [clustering.models.natural.Natural("name")],
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Used in web addresses and on the command line.",
                        max_length=80,
                        unique=True,
                        verbose_name="short name",
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                (
                    "identifier",
                    models.CharField(
                        blank=True,
                        help_text="ID of the collection, e.g. HH018977.",
                        max_length=100,
                        verbose_name="collection ID",
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "expected_documents",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Number of documents, if the finding aid gives it.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "ocr_language",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Tesseract’s language code, e.g. deu. For several, put the main one first: deu+eng. Blank: the site’s default.",
                        max_length=100,
                        validators=[clustering.models.collection.check_languages],
                        verbose_name="OCR language",
                    ),
                ),
                (
                    "settings",
                    models.JSONField(blank=True, default=dict, help_text="Settings of exports, drafts, and training."),
                ),
                ("version", models.PositiveBigIntegerField(default=0, editable=False)),
                (
                    "reordered",
                    models.PositiveBigIntegerField(
                        default=0,
                        editable=False,
                        help_text="Version at which pages last changed their place in scan order.",
                    ),
                ),
                ("next_group_number", models.PositiveBigIntegerField(default=1, editable=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("closed", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "archived",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When it was removed from the list of collections.",
                        null=True,
                    ),
                ),
                (
                    "deleted",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When it was deleted. It is removed for good some days later.",
                        null=True,
                    ),
                ),
                (
                    "sort_title",
                    models.GeneratedField(
                        db_persist=True,
                        expression=clustering.models.natural.Natural("title"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "redrafted",
                    models.PositiveBigIntegerField(
                        default=0,
                        editable=False,
                        help_text="How often workers changed drafts, which doesn’t change the version.",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_title", "slug"],
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
            name="CollectionRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(choices=[("see", "See"), ("edit", "Edit"), ("manage", "Manage")], max_length=10),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="clustering.collection"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="collection_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="collection_roles",
                        to="clustering.team",
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("team__isnull", True)),
                            models.Q(("person__isnull", True), ("team__isnull", False)),
                            _connector="OR",
                        ),
                        name="role_of_a_person_or_a_team",
                    ),
                    models.UniqueConstraint(fields=("collection", "person"), name="role_one_per_person"),
                    models.UniqueConstraint(fields=("collection", "team"), name="role_one_per_team"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["see", "edit", "manage"])), name="role_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "first_page",
                    models.PositiveIntegerField(blank=True, help_text="Empty: the whole collection.", null=True),
                ),
                ("last_page", models.PositiveIntegerField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("done", models.DateTimeField(blank=True, null=True)),
                (
                    "assigned_by",
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
                        related_name="assignments",
                        to="clustering.collection",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="clustering.team",
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("due"), nulls_last=True), "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done__isnull", True)), fields=["collection"], name="assignment_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("team__isnull", True)),
                            models.Q(("person__isnull", True), ("team__isnull", False)),
                            _connector="OR",
                        ),
                        name="assignment_of_a_person_or_a_team",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_page__isnull", True), ("last_page__isnull", True)),
                            models.Q(("first_page__gte", 1), ("last_page__gte", models.F("first_page"))),
                            _connector="OR",
                        ),
                        name="assignment_pages_in_order",
                    ),
                ],
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
                    models.JSONField(
                        default=dict, help_text='Custom keys by command: {"split": "x", "confirm": "off"}.'
                    ),
                ),
                (
                    "tour_seen",
                    models.DateTimeField(
                        blank=True, help_text="When the tour was closed for the first time.", null=True
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, default="", help_text="Empty: the language of the browser.", max_length=10
                    ),
                ),
                (
                    "mail",
                    models.BooleanField(
                        default=True, help_text="Whether notifications are also sent by email, if email is set up."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="Its purpose, e.g. the name of the script.", max_length=80)),
                (
                    "scope",
                    models.CharField(
                        choices=[("read", "read only"), ("write", "read and write")], default="read", max_length=5
                    ),
                ),
                ("start", models.CharField(help_text="Its first characters, to recognize it by.", max_length=12)),
                ("digest", models.CharField(help_text="SHA-256 of the token.", max_length=64, unique=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expires", models.DateTimeField(blank=True, null=True)),
                ("last_used", models.DateTimeField(blank=True, help_text="Accurate to the minute.", null=True)),
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
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
            },
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
                ("level", models.FloatField(default=0.0, help_text="Failed attempts still counted at the last one.")),
                ("counted", models.DateTimeField(help_text="Time of the last failed attempt.")),
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
                            ("cancelled", "canceled"),
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
                            ("match-leaves", "Comparing fronts and backs"),
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
                (
                    "slices",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Number of slices finished or given up. Messages for any other slice are void.",
                    ),
                ),
                (
                    "claimed",
                    models.PositiveIntegerField(
                        help_text="Slice that a worker claimed last. If it isn’t the current one, that one is waiting.",
                        null=True,
                    ),
                ),
                (
                    "lapses",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How many workers in a row stopped without finishing the current slice."
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
                        help_text="When a worker last claimed pages of it. Workers choose the job that has waited longest.",
                        null=True,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("error", clustering.wording.SentenceField(blank=True)),
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
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("priority__in", [0, 1])), name="job_priority_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["import", "process", "embed", "read", "propose", "learn", "export", "ask"])
                        ),
                        name="job_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed", "cancelled"])),
                        name="job_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("collection", "kind"),
                        name="job_one_active_per_collection_and_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total")), ("total", 0), _connector="OR"),
                        name="job_done_within_total",
                    ),
                    models.CheckConstraint(
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
                                    "match-leaves",
                                    "propose",
                                    "publish",
                                    "draft",
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
                ],
            },
        ),
        migrations.CreateModel(
            name="PageBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(help_text="Key of the stage.", max_length=20)),
                (
                    "queue",
                    models.CharField(
                        blank=True, help_text="Empty: processed by the command that runs the job.", max_length=20
                    ),
                ),
                ("pages", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("claims", models.PositiveIntegerField(default=0)),
                (
                    "lapses",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How many workers stopped while processing it."
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
            options={
                "indexes": [models.Index(fields=["job", "queue", "lapses", "id"], name="batch_next_of_job")],
            },
        ),
        migrations.CreateModel(
            name="LeafScores",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "terms",
                    models.JSONField(help_text="What the comparison took from the other pages of the collection."),
                ),
                (
                    "pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), help_text="Ids of neighbors in scan order.", size=None
                    ),
                ),
                (
                    "scores",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(),
                        help_text="One fewer: of each page and the one after it.",
                        size=None,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="leaf_scores", to="clustering.job"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "leaf scores",
            },
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
                ("warnings", clustering.wording.SentencesField(default=list)),
                (
                    "strays",
                    models.JSONField(
                        default=list,
                        help_text="[{page, group, probability, sentence}] with page IDs and group indexes.",
                    ),
                ),
                (
                    "weighing",
                    models.JSONField(
                        default=dict,
                        help_text="Parameters of the decoder, to decode parts again: {anchors, offset}. Anchors are positions of pages that surely end a document; the offset is added to all log-odds.",
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
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="clustering.collection"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="clustering.job",
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "-created"],
                "indexes": [models.Index(fields=["collection", "-created"], name="run_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["computing", "ready", "failed"])), name="run_state_is_known"
                    )
                ],
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
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
                (
                    "data",
                    models.BinaryField(help_text="NumPy archive of pages, facts, traits, mean, spread, and scales."),
                ),
            ],
            options={
                "verbose_name_plural": "run features",
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveBigIntegerField(help_text="Version of the collection after this change.")),
                (
                    "act_id",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Chosen by the sender, so that an act sent twice is done once."
                    ),
                ),
                ("verb", models.CharField(choices=clustering.models.verbs.verb_choices, max_length=12)),
                (
                    "summary",
                    models.CharField(
                        help_text="A sentence in English, e.g. Joined documents 12 and 13.", max_length=500
                    ),
                ),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="IDs of all documents involved.",
                        size=None,
                    ),
                ),
                (
                    "pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="IDs of the pages that moved, or else of those that changed.",
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
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="edits",
                        to="clustering.run",
                    ),
                ),
                ("message", models.JSONField(help_text="The summary as data, for translation.", null=True)),
            ],
            options={
                "ordering": ["collection", "-sequence"],
                "indexes": [
                    models.Index(fields=["collection", "actor", "-sequence"], name="edit_by_actor"),
                    models.Index(fields=["actor", "-id"], name="edit_newest_of_actor"),
                    django.contrib.postgres.indexes.GinIndex(fields=["groups"], name="edit_by_group"),
                    django.contrib.postgres.indexes.GinIndex(fields=["pages"], name="edit_by_page"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("collection", "sequence"), name="edit_sequence_is_unique"),
                    models.UniqueConstraint(fields=("act_id",), name="edit_act_id_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("undoes__isnull", True), ("verb", "undo"), _connector="OR"),
                        name="edit_only_undo_undoes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("redoes__isnull", True), ("verb", "redo"), _connector="OR"),
                        name="edit_only_redo_redoes",
                    ),
                ],
                "verbose_name": "change",
                "verbose_name_plural": "changes",
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
                        help_text="Other fields of the description (`engine.description.Details`).",
                    ),
                ),
                (
                    "draft",
                    models.JSONField(
                        blank=True, default=dict, help_text="Drafts: {title: {value, confidence, evidence}}."
                    ),
                ),
                (
                    "accepted_drafts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="Fields whose value is a draft that a person accepted.",
                        size=None,
                    ),
                ),
                ("flagged", models.BooleanField(default=False)),
                ("flag_note", models.CharField(blank=True, max_length=500)),
                (
                    "confidence",
                    models.FloatField(
                        blank=True, help_text="Probability that exactly these pages are one document.", null=True
                    ),
                ),
                ("first_position", models.PositiveIntegerField()),
                ("page_count", models.PositiveIntegerField()),
                ("version", models.PositiveBigIntegerField(default=1)),
                (
                    "copy_of",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Number of the document that this is a duplicate of.", null=True
                    ),
                ),
                (
                    "split_from",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Number of the document that this was split from.", null=True
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
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="desk_groups",
                        to="clustering.run",
                    ),
                ),
                (
                    "awaits_draft",
                    models.BooleanField(
                        default=False, help_text="Its pages changed since it was drafted, and a new draft will follow."
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "first_position"],
                "indexes": [
                    models.Index(fields=["collection", "first_position"], name="group_by_first_page"),
                    models.Index(fields=["collection", "state"], name="group_by_state"),
                    models.Index(
                        condition=models.Q(("state__in", ["confirmed", "changed"]), ("edited", True), _connector="OR"),
                        fields=["collection"],
                        name="group_settled",
                    ),
                    models.Index(
                        condition=models.Q(("state", "confirmed")),
                        fields=["collection"],
                        include=("page_count",),
                        name="group_confirmed",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func(
                            models.Func(
                                models.Func(
                                    models.F("title"),
                                    models.F("note"),
                                    django.db.models.functions.comparison.Coalesce(
                                        django.db.models.fields.json.KeyTextTransform("summary", "details"),
                                        models.Value(""),
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        django.db.models.fields.json.KeyTextTransform("rights", "details"),
                                        models.Value(""),
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        django.db.models.fields.json.KeyTextTransform("box", "details"),
                                        models.Value(""),
                                    ),
                                    django.db.models.functions.comparison.Coalesce(
                                        django.db.models.fields.json.KeyTextTransform("identifier", "details"),
                                        models.Value(""),
                                    ),
                                    arg_joiner=" || ' ' || ",
                                    output_field=models.TextField(),
                                    template="(%(expressions)s)",
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                                template="to_tsvector('simple'::regconfig, %(expressions)s)",
                            ),
                            models.Func(
                                models.Func(
                                    models.F("details"),
                                    output_field=models.JSONField(),
                                    template="jsonb_path_query_array(%(expressions)s, '$.*.label')",
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                                template="to_tsvector('simple'::regconfig, %(expressions)s)",
                            ),
                            arg_joiner=" || ",
                            output_field=django.contrib.postgres.search.SearchVectorField(),
                            template="(%(expressions)s)",
                        ),
                        name="group_described",
                    ),
                    models.Index(
                        condition=models.Q(("awaits_draft", True)), fields=["collection"], name="group_awaits_draft"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "confirmed", "changed"])),
                        name="group_state_is_known",
                    ),
                    models.UniqueConstraint(fields=("collection", "number"), name="group_number_is_unique"),
                    models.CheckConstraint(condition=models.Q(("page_count__gte", 1)), name="group_has_pages"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("copy_of__isnull", True),
                            models.Q(("copy_of", models.F("number")), _negated=True),
                            _connector="OR",
                        ),
                        name="group_is_no_copy_of_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            ("confirmed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="group_confirmed_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confidence__isnull", True),
                            models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                            _connector="OR",
                        ),
                        name="group_confidence_is_a_probability",
                    ),
                ],
                "verbose_name": "document",
                "verbose_name_plural": "documents",
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("identifier", models.CharField(max_length=200)),
                ("pid", models.CharField(blank=True, help_text="Repository ID, e.g. bdr:gbzad5mb.", max_length=200)),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", help_text="Label in the source, e.g. “12v”.", max_length=200
                    ),
                ),
                (
                    "filename",
                    models.CharField(
                        help_text="Original file name. Bytes that aren’t UTF-8 are escaped.", max_length=500
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(max_length=60)),
                ("width", models.PositiveIntegerField(help_text="In pixels, with the EXIF orientation applied.")),
                ("height", models.PositiveIntegerField()),
                (
                    "paper",
                    models.JSONField(blank=True, help_text="Measurements of the paper, with their version.", null=True),
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
                (
                    "chosen_rotation",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Degrees clockwise, chosen by a person. Empty: as found by OCR.",
                        null=True,
                    ),
                ),
                ("restricted", models.BooleanField(default=False, help_text="Hidden from viewers, exports, and IIIF.")),
                ("restricted_reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "restricted_until",
                    models.DateField(
                        blank=True, help_text="Last day of the restriction. Empty: until it is lifted.", null=True
                    ),
                ),
                (
                    "placeholder",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="A tiny blurred image, shown until the scan is loaded.",
                        max_length=52,
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "position"],
                "indexes": [
                    models.Index(fields=["collection", "sha256"], name="page_by_content"),
                    models.Index(
                        condition=models.Q(("restricted", True)), fields=["collection"], name="page_restricted"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["", "target", "empty", "other"])), name="page_role_is_known"
                    ),
                    models.UniqueConstraint(fields=("collection", "position"), name="page_position_is_unique"),
                    models.UniqueConstraint(fields=("collection", "identifier"), name="page_identifier_is_unique"),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("group", "group_order"),
                        name="page_group_order_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", True), ("group_order__isnull", True)),
                            models.Q(("group__isnull", False), ("group_order__isnull", False)),
                            _connector="OR",
                        ),
                        name="page_has_group_and_order_or_neither",
                    ),
                    models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="page_position_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("group_order__isnull", True), ("group_order__gte", 1), _connector="OR"),
                        name="page_group_order_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gte", 1), ("width__gte", 1)), name="page_has_pixels"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restricted", True),
                            models.Q(("restricted_reason", ""), ("restricted_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="page_says_why_where_restricted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("chosen_rotation__isnull", True),
                            ("chosen_rotation__in", [0, 90, 180, 270]),
                            _connector="OR",
                        ),
                        name="page_rotation_is_a_quarter_turn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Embedding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "encoder",
                    models.CharField(help_text="Key of the encoder, e.g. efficientnet-lite0@224.", max_length=200),
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
            options={
                "indexes": [models.Index(fields=["encoder", "page"], name="embedding_by_encoder")],
                "constraints": [
                    models.UniqueConstraint(fields=("page", "encoder"), name="embedding_once_per_page_and_encoder")
                ],
            },
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
                        blank=True, help_text="ISO 639-1 code of the language of the text, if known.", max_length=8
                    ),
                ),
                (
                    "ocr_language",
                    models.CharField(
                        default="eng",
                        help_text="Tesseract’s codes of the languages used for OCR, e.g. deu+eng.",
                        max_length=100,
                    ),
                ),
                (
                    "search_config",
                    models.CharField(
                        default="english",
                        help_text="PostgreSQL’s text search configuration for the text.",
                        max_length=20,
                    ),
                ),
                (
                    "is_unread",
                    models.BooleanField(
                        default=False, help_text="The page seems to have writing, but OCR found little or no text."
                    ),
                ),
                ("engine", models.CharField(help_text="OCR program, version, and data.", max_length=100)),
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
                (
                    "is_second",
                    models.BooleanField(
                        default=False, help_text="Read by the second reader, as handwriting and unusual type are."
                    ),
                ),
                (
                    "as_read",
                    models.JSONField(
                        blank=True,
                        help_text="Text and lines before corrections. Empty: nothing was corrected.",
                        null=True,
                    ),
                ),
                (
                    "checked",
                    models.DateTimeField(blank=True, help_text="When a person marked the text as checked.", null=True),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "searched_by",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Version of the detector that last searched this text for personal data. 0: not searched yet.",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="reading_search"),
                    models.Index(fields=["searched_by"], name="reading_searched_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rotation__in", [0, 90, 180, 270])),
                        name="reading_rotation_is_a_quarter_turn",
                    ),
                    models.CheckConstraint(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="LineCorrection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "box",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(),
                        help_text="Left, top, right, and bottom, as shares of the stored image.",
                        size=4,
                    ),
                ),
                (
                    "original",
                    models.CharField(
                        blank=True, help_text="The line as read. Empty: added by a person.", max_length=2000
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        blank=True, help_text="The corrected line. Empty: deleted by a person.", max_length=2000
                    ),
                ),
                ("changed", models.DateTimeField(help_text="When it was last corrected.")),
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
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="clustering.page"
                    ),
                ),
            ],
            options={
                "ordering": ["page", "changed", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("original", ""), ("text", ""), _negated=True),
                        name="correction_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "index",
                    models.PositiveIntegerField(help_text="Position among the documents of the proposal, from 0."),
                ),
                ("probability", models.FloatField(null=True)),
                ("draft", models.JSONField(default=dict)),
                ("order_reason", clustering.wording.SentenceField(blank=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="groups", to="clustering.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "index"],
                "constraints": [models.UniqueConstraint(fields=("run", "index"), name="run_group_index_is_unique")],
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "page"), name="run_has_each_page_once"),
                    models.UniqueConstraint(
                        fields=("run", "group_index", "group_order"), name="run_group_order_is_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeamScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probability", models.FloatField(help_text="Probability that a document ends after this page.")),
                ("boundary", models.BooleanField()),
                (
                    "evidence",
                    models.JSONField(default=list, help_text="[{family, name, value, sentence, contribution}]."),
                ),
                (
                    "log_odds",
                    models.FloatField(
                        blank=True,
                        help_text="Log-odds from the evidence at this place alone. Empty: no evidence.",
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "page"), name="seam_scored_once_per_run"),
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="seam_score_is_a_probability",
                    ),
                ],
                "verbose_name": "place between pages",
                "verbose_name_plural": "places between pages",
            },
        ),
        migrations.CreateModel(
            name="LiveScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probability", models.FloatField(help_text="Probability that a document ends after this page.")),
                (
                    "sequence",
                    models.PositiveBigIntegerField(help_text="Version of the collection when it last changed."),
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "page"), name="live_score_once_per_run"),
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="live_score_is_a_probability",
                    ),
                ],
            },
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["same", "different"])), name="answer_verdict_is_known"
                    ),
                    models.UniqueConstraint(fields=("first", "second"), name="answer_once_per_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="answer_is_about_two_pages",
                    ),
                ],
            },
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
                        help_text="Who made the earlier decision.",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["same", "different"])), name="review_check_verdict_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expected__in", ["same", "different"])),
                        name="review_check_expected_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["answer", "confirmed", "accepted"])),
                        name="review_check_basis_is_known",
                    ),
                    models.UniqueConstraint(fields=("first", "second", "actor"), name="review_check_once_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="review_check_is_about_two_pages",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.BigIntegerField(help_text="ID of the document when it was drawn.")),
                ("number", models.PositiveBigIntegerField(help_text="Number of the document.")),
                (
                    "pages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Page IDs in reading order, as confirmed.",
                        size=None,
                    ),
                ),
                ("confidence", models.FloatField(help_text="Confidence when it was confirmed.")),
                ("place", models.PositiveIntegerField(help_text="Position in the sample, from 1.")),
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
        migrations.CreateModel(
            name="LearnedWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="Number within the collection, from 1.")),
                (
                    "state",
                    models.CharField(
                        choices=[("current", "in use"), ("superseded", "kept"), ("refused", "not taken")], max_length=10
                    ),
                ),
                ("weights", models.JSONField(help_text="The weights, in the format of engine/prior/family.json.")),
                (
                    "prior",
                    models.CharField(help_text="Name of the weights that training started from.", max_length=200),
                ),
                (
                    "edits",
                    models.PositiveBigIntegerField(default=0, help_text="Version of the collection at training."),
                ),
                (
                    "truth",
                    models.JSONField(
                        default=dict, help_text="Size of the training data: seams, groups, answers, collections."
                    ),
                ),
                (
                    "before",
                    models.JSONField(default=dict, help_text="Figures of the previous weights on held-out documents."),
                ),
                ("after", models.JSONField(default=dict, help_text="Figures of these weights on held-out documents.")),
                ("verdict", clustering.wording.SentenceField(help_text="Why the weights were taken or refused.")),
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
                        help_text="Who last put them in or out of use.",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["current", "superseded", "refused"])),
                        name="learned_state_is_known",
                    ),
                    models.UniqueConstraint(
                        fields=("collection", "number"), name="learned_number_is_unique", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "current")),
                        fields=("collection",),
                        name="learned_one_current_per_collection",
                        nulls_distinct=False,
                    ),
                ],
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
                        help_text="SHA-256 of the question: its text, the model, and what was sent.", max_length=64
                    ),
                ),
                ("model", models.CharField(max_length=200)),
                (
                    "answer",
                    models.JSONField(
                        help_text="The parsed answer: {new_document, confidence, reason} or {title, kind, …}."
                    ),
                ),
                ("sent", models.PositiveIntegerField(default=0, help_text="Tokens sent, as counted by the server.")),
                ("received", models.PositiveIntegerField(default=0)),
                ("seconds", models.FloatField(default=0.0)),
                (
                    "cost",
                    models.DecimalField(
                        decimal_places=6,
                        default=Decimal("0"),
                        help_text="In the currency of the configured prices.",
                        max_digits=12,
                    ),
                ),
                (
                    "reused",
                    models.BooleanField(default=False, help_text="Copied from an earlier answer to the same question."),
                ),
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
                        help_text="The page after the place in question.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clustering.page",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        help_text="The page before the place in question, or the first page of the document.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opinions",
                        to="clustering.page",
                    ),
                ),
            ],
            options={
                "ordering": ["collection", "pk"],
                "indexes": [
                    models.Index(fields=["key"], name="opinion_by_key"),
                    models.Index(fields=["collection", "kind", "page", "-id"], name="opinion_of_seams"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["seam", "document"])), name="opinion_kind_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "seam"), ("next_page__isnull", False)),
                            models.Q(("kind", "document"), ("next_page__isnull", True)),
                            _connector="OR",
                        ),
                        name="opinion_of_a_seam_has_two_pages",
                    ),
                ],
                "verbose_name": "language model answer",
                "verbose_name_plural": "language model answers",
            },
        ),
        migrations.CreateModel(
            name="JobProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("filename", models.CharField(blank=True, max_length=500)),
                ("message", clustering.wording.SentenceField(help_text="What happened and what to do.")),
                (
                    "is_warning",
                    models.BooleanField(default=False, help_text="A warning: the page was imported anyway."),
                ),
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
                "verbose_name": "job problem",
                "verbose_name_plural": "job problems",
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                (
                    "mentions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=150),
                        blank=True,
                        default=list,
                        help_text="Usernames of the people mentioned.",
                        size=None,
                    ),
                ),
                ("key", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("edited", models.DateTimeField(blank=True, null=True)),
                ("resolved", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="clustering.collection"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="clustering.page"
                    ),
                ),
                (
                    "resolved_by",
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
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved__isnull", True)),
                        fields=["collection", "page"],
                        name="comment_open_by_page",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mention", "Mentioned"),
                            ("assigned", "Assigned"),
                            ("job", "Job"),
                            ("due", "Due"),
                            ("account", "Account"),
                        ],
                        max_length=10,
                    ),
                ),
                ("message", models.JSONField(help_text="The sentence as data (`wording.as_data`).")),
                (
                    "quote",
                    clustering.wording.SentenceField(
                        blank=True, default="", help_text="What the other person wrote, or why the job failed."
                    ),
                ),
                (
                    "address",
                    models.CharField(blank=True, default="", help_text="Address that it links to.", max_length=500),
                ),
                ("key", models.CharField(blank=True, help_text="Is sent once per key.", max_length=100, null=True)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("read", models.DateTimeField(blank=True, null=True)),
                (
                    "mail",
                    models.CharField(
                        blank=True,
                        choices=[("", "no mail"), ("waiting", "waiting"), ("sent", "sent")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("mail_tried", models.DateTimeField(blank=True, null=True)),
                ("mail_problem", models.CharField(blank=True, default="", max_length=300)),
                (
                    "collection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clustering.collection",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("read__isnull", True)), fields=["person"], name="notification_unread"
                    ),
                    models.Index(
                        condition=models.Q(("mail", "waiting")), fields=["mail_tried"], name="notification_to_mail"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "key"), name="notification_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["mention", "assigned", "job", "due", "account"])),
                        name="notification_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["", "waiting", "sent"])), name="notification_mail_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("address", models.CharField(max_length=600)),
                ("shared", models.BooleanField(default=False)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "collection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to="clustering.collection",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": [clustering.models.natural.Natural("name"), "pk"],
                "indexes": [models.Index(fields=["owner"], name="saved_filter_by_owner")],
            },
        ),
        migrations.CreateModel(
            name="RestrictedLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(help_text="Kept in case the account is deleted.", max_length=150)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="clustering.page"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["page", "person", "-created"], name="restricted_look_lately")],
            },
        ),
        migrations.CreateModel(
            name="PersonalFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(blank=True, help_text="What kind of personal data it may be.", max_length=20),
                ),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the kind, the passage, and its line.", max_length=64),
                ),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="Line of the page’s text, from 0. Empty: no longer in the text.", null=True
                    ),
                ),
                (
                    "start",
                    models.PositiveIntegerField(default=0, help_text="Start of the passage in the line, from 0."),
                ),
                ("end", models.PositiveIntegerField(default=0, help_text="End of the passage in the line, exclusive.")),
                (
                    "version",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Version of the detector that last found it."
                    ),
                ),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                ("dismissed", models.DateTimeField(blank=True, null=True)),
                (
                    "username",
                    models.CharField(
                        blank=True, help_text="Who dismissed it, kept in case the account is deleted.", max_length=150
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="personal_findings",
                        to="clustering.page",
                    ),
                ),
                (
                    "person",
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
                "ordering": ["page", "line", "start"],
                "constraints": [models.UniqueConstraint(fields=("page", "digest"), name="finding_is_kept_once")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="Part of its address, and the name of its folder.",
                        unique=True,
                    ),
                ),
                (
                    "made_collection",
                    models.BooleanField(
                        default=False, help_text="The collection was created for this upload and is deleted with it."
                    ),
                ),
                ("process", models.BooleanField(default=False, help_text="Start processing after the import.")),
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
                        db_default=django.db.models.functions.datetime.Now(), help_text="When the last chunk arrived."
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
                "indexes": [models.Index(fields=["state", "touched"], name="upload_by_state_and_touch")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["receiving", "handed", "taken"])),
                        name="upload_state_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(help_text="Path relative to the chosen folder, separated by /.", max_length=500),
                ),
                ("size", models.PositiveBigIntegerField(help_text="In bytes, according to the browser.")),
                ("received", models.PositiveBigIntegerField(default=0)),
                (
                    "modified",
                    models.BigIntegerField(default=0, help_text="Milliseconds since 1970, according to the browser."),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of its first and last bytes, if the browser sent one.",
                        max_length=64,
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, help_text="SHA-256 of the whole file, if the sender knows it.", max_length=64
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
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "name"), name="uploaded_file_once_per_name"),
                    models.CheckConstraint(
                        condition=models.Q(("received__lte", models.F("size"))),
                        name="uploaded_file_received_within_size",
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="uploaded_file_is_not_empty"),
                ],
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
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.search.SearchVector("label", "other_labels", config="simple"),
                        name="term_by_words",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("vocabulary", "label", "uri"), name="term_once_in_its_vocabulary")
                ],
            },
        ),
        migrations.RunSQL(A_GROUP_OF_ITS_COLLECTION, ANY_GROUP),
        migrations.RunSQL(ROOM_TO_REWRITE, NO_ROOM),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
