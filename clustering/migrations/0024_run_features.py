"""Runs keep what their model is made of; log-odds are called by their name.

Weights learned for the earlier model mean nothing to this one, and runs computed with it cannot be decoded in parts any
more: both are proposed and learned again.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("clustering", "LearnedWeights").objects.all().delete()
    apps.get_model("clustering", "Run").objects.exclude(weighing={}).update(weighing={})


class Migration(migrations.Migration):
    dependencies = [("clustering", "0023_reimport_and_unread")]

    operations = [
        migrations.RenameField("seamscore", "odds", "log_odds"),
        migrations.AlterField(
            "seamscore",
            "log_odds",
            models.FloatField(
                blank=True, help_text="By the evidence of this seam alone; empty where there was none.", null=True
            ),
        ),
        migrations.CreateModel(
            "RunFeatures",
            [
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
                    models.BinaryField(help_text="NumPy archive: pages, facts, traits, mean, spread, scales."),
                ),
            ],
            options={"verbose_name_plural": "run features"},
        ),
        migrations.AlterField(
            "learnedweights", "weights", models.JSONField(help_text="The family, as engine/prior/family.json.")
        ),
        migrations.AlterField(
            "run",
            "weighing",
            models.JSONField(
                default=dict,
                help_text="What its decoder was told, to decode parts again: {anchors, offset}; anchors are positions "
                "of pages that surely end a document, offset is added to all log-odds.",
            ),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
