"""What may be personal data is kept, with what people dismissed of it."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def take_over(apps: Any, schema_editor: Any) -> None:
    """Keep what was dismissed: its place is found when its page is searched."""
    finding = apps.get_model("clustering", "PersonalFinding")
    rows = apps.get_model("clustering", "DismissedHint").objects.order_by("pk")
    finding.objects.bulk_create(
        finding(
            page_id=row.page_id,
            digest=row.digest,
            dismissed=row.created,
            person_id=row.person_id,
            username=row.username,
        )
        for row in rows
    )


class Migration(migrations.Migration):
    """One table in place of the old one, and a mark on each text."""

    dependencies = [("clustering", "0019_described_search")]

    operations = [
        migrations.CreateModel(
            name="PersonalFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        blank=True, help_text="One of the detector’s kinds; of words gone: the last.", max_length=20
                    ),
                ),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the kind, what was found, and its line.", max_length=64),
                ),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="Of the page’s text, from 0; empty while it is not there.", null=True
                    ),
                ),
                ("start", models.PositiveIntegerField(default=0, help_text="First letter in the line, from 0.")),
                ("end", models.PositiveIntegerField(default=0, help_text="The letter behind the last.")),
                (
                    "version",
                    models.PositiveSmallIntegerField(default=0, help_text="Of the detector that found it last."),
                ),
                ("found", models.DateTimeField(auto_now_add=True)),
                ("dismissed", models.DateTimeField(blank=True, null=True)),
                (
                    "username",
                    models.CharField(
                        blank=True, help_text="Who dismissed it: an account may be deleted.", max_length=150
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
            options={"ordering": ["page", "line", "start"]},
        ),
        migrations.AddConstraint(
            model_name="personalfinding",
            constraint=models.UniqueConstraint(fields=("page", "digest"), name="finding_is_kept_once"),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name="DismissedHint"),
        migrations.AddField(
            model_name="reading",
            name="searched_by",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Version of the detector that searched the text for personal data; 0: none since it changed.",
            ),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=models.Index(fields=["searched_by"], name="reading_searched_by"),
        ),
    ]
