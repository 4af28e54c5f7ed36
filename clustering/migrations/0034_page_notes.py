import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0033_leaf_scores"),
    ]

    operations = [
        migrations.RenameModel("LeafScores", "PageNotes"),
        migrations.AlterModelOptions("pagenotes", {"verbose_name_plural": "page notes"}),
        migrations.AddField(
            "pagenotes", "notes", models.BinaryField(default=b"", help_text="A compressed note about each page.")
        ),
        migrations.AlterField(
            "pagenotes",
            "job",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="page_notes", to="clustering.job"
            ),
        ),
        migrations.AlterField(
            "pagenotes",
            "terms",
            models.JSONField(help_text="What this took from the other pages of the collection."),
        ),
        migrations.AlterField(
            "pagenotes",
            "pages",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                help_text="Ids of the pages, and of the one after them, in scan order.",
                size=None,
            ),
        ),
        migrations.AlterField(
            "pagenotes",
            "scores",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(), help_text="Of each page and the one after it.", size=None
            ),
        ),
        migrations.AlterField(
            "job",
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
                    ("match-leaves", "Comparing pages"),
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
    ]
